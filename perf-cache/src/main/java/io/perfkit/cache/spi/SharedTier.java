package io.perfkit.cache.spi;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The place where nodes share entries and the order of invalidations. Applications only pass one to
 * {@code PerfCache.Builder.shared}: {@code io.perfkit.cache.redis.RedisTier} is the implementation. The methods are
 * called by the cache alone, and may change in any version.
 *
 * <p>An implementation executes commands and knows nothing of their purpose. Everything that decides what is fresh,
 * what is sent again and what is trusted lives in the cache itself. All stages may complete exceptionally with
 * anything, on any thread, late, or never; the cache bounds the waiting.
 *
 * <p>What the cache relies on:
 *
 * <ul>
 *   <li>{@link Region#invalidate}, {@link Region#makeDue} and {@link Region#plant} change the entry strictly before they
 *       issue the event.
 *   <li>The head in a {@link Reading} is one that was current at some moment while the command ran.
 *   <li>A head is given out only under the identity of the server that holds it. A server that is another one now, or
 *       that was promoted, or lost the region's data, answers {@link Region#state} without a head, and
 *       {@link Region#snapshot} and events with a new incarnation.
 *   <li>What an answer says of entries was read from the same server that was so identified, or the answer names the
 *       server, as {@link Reading#master()}. Answers that may come from yet another one are failures.
 * </ul>
 */
public interface SharedTier {

    /**
     * Connects. Blocks; called on a background thread of the cache only, and again after the connection was lost.
     *
     * @param cache the name of the cache, which separates its keys from those of other caches
     * @param lost to be called when the connection was interrupted, even for a moment; its answers are failures from
     *     then on, and it will be closed
     * @return an open connection
     */
    Link connect(String cache, Runnable lost);

    /** Connections of one cache. */
    interface Link extends AutoCloseable {

        /**
         * Opens what a region needs, which may be a connection of its own. Blocks.
         *
         * @param name the name of the region
         * @return the region's commands
         */
        Region region(String name);

        /**
         * Whether the connection was interrupted since it was opened.
         *
         * @return true if it cannot be used any more
         */
        boolean isLost();

        /** Ends the connections, bounded in time, without an exception. The client stays open. */
        @Override
        void close();
    }

    /** The commands of one region, none of which blocks the caller. */
    interface Region extends AutoCloseable {

        /**
         * Reads an entry.
         *
         * @param key the key
         * @return what stands under the key, and the head
         */
        CompletionStage<Reading> read(String key);

        /**
         * Reads entries, in as many parts as suit the server. All parts are asked for at once.
         *
         * @param keys the keys
         * @return the parts, which together have what stands under each key, in the order of the keys
         */
        List<CompletionStage<List<Reading>>> readAll(List<String> keys);

        /**
         * Plants a lease where nothing stands, or what begins with certain bytes.
         *
         * @param key the key
         * @param lease what to plant
         * @param life how long the lease stands
         * @param over the beginning of what may be replaced; empty if only nothing may be
         * @return what stands under the key after the command; without a head
         */
        CompletionStage<Reading> lease(String key, byte[] lease, Duration life, byte[] over);

        /**
         * Plants many leases, in as many parts as suit the server. All parts are asked for at once.
         *
         * @param wanted what to plant where
         * @param life how long the leases stand
         * @return the parts, which together have what {@link #lease} has for each, in the same order
         */
        default List<CompletionStage<List<Reading>>> leaseAll(List<Planting> wanted, Duration life) {
            List<CompletionStage<List<Reading>>> parts = new ArrayList<>(wanted.size());
            for (Planting each : wanted) {
                parts.add(lease(each.key(), each.lease(), life, each.over()).thenApply(List::of));
            }
            return parts;
        }

        /**
         * Replaces what stands under a key, if it begins with the given fence.
         *
         * @param key the key
         * @param fence the beginning that is expected there
         * @param front the first part of the new content
         * @param freshMillis what the server adds to its clock, in milliseconds, and writes between the parts in eight
         *     bytes
         * @param rest the second part
         * @param life how long the entry stands
         * @return whether it was stored
         */
        CompletionStage<Boolean> store(
                String key, byte[] fence, byte[] front, long freshMillis, byte[] rest, Duration life);

        /**
         * Stores many entries, in as many parts as suit the server. All parts are asked for at once.
         *
         * @param wanted the entries
         * @return the parts, which together have what {@link #store} has for each, in the same order
         */
        default List<CompletionStage<List<Boolean>>> storeAll(List<Storing> wanted) {
            List<CompletionStage<List<Boolean>>> parts = new ArrayList<>(wanted.size());
            for (Storing each : wanted) {
                parts.add(store(each.key(), each.fence(), each.front(), each.freshMillis(), each.rest(), each.life())
                        .thenApply(List::of));
            }
            return parts;
        }

        /**
         * Removes what stands under a key, if it begins with the given fence.
         *
         * @param key the key
         * @param fence the beginning that is expected there
         * @return whether it was removed
         */
        CompletionStage<Boolean> remove(String key, byte[] fence);

        /**
         * Claims something about the entry of a key for a time. A claim about another entry of the key is void.
         *
         * @param key the key
         * @param subject what distinguishes the entry
         * @param life how long no other node can claim it
         * @return false if it is claimed already
         */
        CompletionStage<Boolean> claim(String key, byte[] subject, Duration life);

        /**
         * Gives up a claim, so that others can have it.
         *
         * @param key the key
         * @param subject as it was claimed
         * @return whether it still stood
         */
        CompletionStage<Boolean> unclaim(String key, byte[] subject);

        /**
         * Removes an entry or a lease, then issues an event.
         *
         * @param key the key
         * @param origin the node that invalidates
         * @return the head with the event's epoch
         */
        CompletionStage<Head> invalidate(String key, String origin);

        /**
         * Marks a value as due and gives it another generation, removes anything else, then issues an event.
         *
         * @param key the key
         * @param generation the generation
         * @param origin the node that makes it due
         * @return the head with the event's epoch
         */
        CompletionStage<Head> makeDue(String key, byte[] generation, String origin);

        /**
         * Replaces whatever stands under a key by a fence, then issues an event as {@link #invalidate} does.
         *
         * @param key the key
         * @param fence what to plant
         * @param life how long it stands
         * @param origin the node that invalidates
         * @return the head with the event's epoch
         */
        CompletionStage<Head> plant(String key, byte[] fence, Duration life, String origin);

        /**
         * Whether an event of a key removes what others wrote there between the change of the entry and the event itself.
         * Only then can a put that was issued before another node's change be stored: whichever event comes second, the
         * older value goes.
         *
         * @return true if so
         */
        default boolean endsWithEvents() {
            return false;
        }

        /**
         * Issues an event that is not about a single key, and remembers it as a tombstone.
         *
         * @param kind a pattern, a tag, everything, or a pattern that makes due
         * @param subject the pattern or tag; empty for everything
         * @param origin the node that invalidates
         * @return the head with the event's epoch
         */
        CompletionStage<Head> issue(Kind kind, String subject, String origin);

        /**
         * The servers that hold entries of the region, where that need not be the one with the head.
         *
         * @return their names, as in a {@link Reading}; empty if there is only one server
         */
        CompletionStage<List<String>> masters();

        /**
         * Makes a server known that holds entries of the region. If it was not, an event of everything is issued under
         * the name of no node.
         *
         * @param master the server, as in a {@link Reading}
         * @return the head
         */
        CompletionStage<Head> adopt(String master);

        /**
         * Where the log stands, and what time it is.
         *
         * @return the state
         */
        CompletionStage<State> state();

        /**
         * The head with every tombstone. Creates a head of a new incarnation if there is none that can be trusted.
         *
         * @return the state of the region
         */
        CompletionStage<Snapshot> snapshot();

        /**
         * Events that the log holds, in order.
         *
         * @param after the epoch before the first one wanted
         * @param most how many at most
         * @return the events, possibly with a gap at the beginning
         */
        CompletionStage<List<Event>> events(long after, int most);

        /**
         * Like {@link #events}, but waits for one if there is none. One call at a time.
         *
         * @param after the epoch before the first one wanted
         * @param wait how long to wait
         * @return the events, empty if there was none in time
         */
        CompletionStage<List<Event>> follow(long after, Duration wait);

        /**
         * One step through the keys of the region, in no order, some of them perhaps twice.
         *
         * @param from where the step before ended, or null to begin
         * @param glob which keys are wanted at least; others may be returned as well
         * @param size about how much work the step is
         * @return keys of the region, leases included
         */
        CompletionStage<Page> scan(@Nullable Object from, String glob, int size);

        /**
         * Reads the beginnings of entries.
         *
         * @param keys the keys
         * @param length how many bytes of each
         * @return the bytes for each key, in their order; empty where nothing stands
         */
        CompletionStage<List<byte[]>> peek(List<String> keys, int length);

        /**
         * Claims the sweeping of the region's dead entries for a time, or claims it for longer.
         *
         * @param origin the node that claims it
         * @param mark what is to be swept
         * @param life how long no other node can claim it
         * @return false if another node has claimed it, or the same was swept already
         */
        CompletionStage<Boolean> claimSweep(String origin, String mark, Duration life);

        /**
         * Notes that the region was swept.
         *
         * @param mark what was swept
         * @return when done
         */
        CompletionStage<Void> swept(String mark);

        /** Ends what {@link Link#region} opened. */
        @Override
        void close();
    }

    /**
     * A lease to be planted, as the arguments of {@link Region#lease}.
     *
     * @param key the key
     * @param lease what to plant
     * @param over the beginning of what may be replaced; empty if only nothing may be
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Planting(String key, byte[] lease, byte[] over) {}

    /**
     * An entry to be stored, as the arguments of {@link Region#store}.
     *
     * @param key the key
     * @param fence the beginning that is expected there
     * @param front the first part of the new content
     * @param freshMillis what the server adds to its clock
     * @param rest the second part
     * @param life how long the entry stands
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Storing(String key, byte[] fence, byte[] front, long freshMillis, byte[] rest, Duration life) {}

    /**
     * Where a log stands.
     *
     * @param incarnation the life of the log: another one means that nothing older can be trusted
     * @param epoch the number of the last event
     */
    record Head(long incarnation, long epoch) {}

    /**
     * What stands under a key.
     *
     * @param bytes the entry or lease, or null if there is nothing
     * @param head the region's head while the command ran, or null if there is none that can be trusted
     * @param master the server that the bytes were read from, where it need not be the head's; else null
     * @param millis the time by that server's clock while the command ran, or -1 if it is the head's
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Reading(
            byte @Nullable [] bytes,
            @Nullable Head head,
            @Nullable String master,
            long millis) {}

    /**
     * Where a log stands, and what time it is.
     *
     * @param head the head, or null if there is none that can be trusted
     * @param millis the time by the server's clock while the command ran
     */
    record State(@Nullable Head head, long millis) {}

    /**
     * A region's state.
     *
     * @param head where the log stands
     * @param floor entries of an epoch below this one are dead
     * @param tombstones in the order of their epochs
     * @param millis the time by the server's clock while the command ran
     */
    record Snapshot(Head head, long floor, List<Tombstone> tombstones, long millis) {}

    /**
     * What remains of an event that is not about a single key.
     *
     * @param epoch the number of the last such event
     * @param kind what it invalidated
     * @param subject the pattern or tag
     */
    record Tombstone(long epoch, Kind kind, String subject) {}

    /**
     * An invalidation in the log.
     *
     * @param epoch its number; the next event has the next number
     * @param kind what it invalidates
     * @param subject the key, pattern or tag; empty for everything
     * @param origin the node that issued it
     */
    record Event(long epoch, Kind kind, String subject, String origin) {}

    /**
     * Keys of a region.
     *
     * @param keys the keys
     * @param next where the next step begins, or null if this was the last one
     */
    record Page(List<String> keys, @Nullable Object next) {}

    /** What an event invalidates. */
    enum Kind {
        /** One key. */
        KEY,
        /** The keys that match a pattern. */
        PATTERN,
        /** The values that have a tag. */
        TAG,
        /** Every key. */
        EVERYTHING,
        /** One key, which becomes due for a reload. */
        DUE_KEY,
        /** The keys that match a pattern, which become due for a reload. */
        DUE_PATTERN
    }
}

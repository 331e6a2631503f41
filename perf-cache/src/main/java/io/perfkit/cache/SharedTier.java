package io.perfkit.cache;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The place where nodes share entries and the order of invalidations. Applications only pass one to
 * {@link PerfCache.Builder#shared}: {@code io.perfkit.cache.redis.RedisTier} is the implementation. The methods are
 * called by the cache alone.
 *
 * <p>An implementation executes commands and knows nothing of their purpose. Everything that decides what is fresh,
 * what is sent again and what is trusted lives in the cache itself. All stages may complete exceptionally with
 * anything, on any thread, late, or never; the cache bounds the waiting.
 *
 * <p>The order that the cache relies on: {@link Region#invalidate} and {@link Region#plant} change the entry strictly
 * before they issue the event, and the head in a {@link Reading} is one that was current at some moment while the
 * command ran.
 */
public interface SharedTier {

    /**
     * Connects. Blocks; called on a background thread of the cache only, and again after the connection was lost.
     *
     * @param cache the name of the cache, which separates its keys from those of other caches
     * @return an open connection
     */
    Link connect(String cache);

    /** Connections of one cache. */
    interface Link extends AutoCloseable {

        /**
         * Opens what a region needs, which may be a connection of its own. Blocks.
         *
         * @param name the name of the region
         * @return the region's commands
         */
        Region region(String name);

        /** Ends the connections, bounded in time, without an exception. The client stays open. */
        @Override
        void close();
    }

    /** The commands of one region, none of which blocks the caller. */
    interface Region extends AutoCloseable {

        /**
         * Reads an entry or, where there is none, plants a lease for {@code leaseLife}.
         *
         * @param key the key
         * @param lease what to plant
         * @param leaseLife how long the lease stands
         * @param largest the size in bytes up to which an entry is read; a larger one reads as an empty array
         * @return what stands under the key after the command
         */
        CompletionStage<Reading> read(String key, byte[] lease, Duration leaseLife, int largest);

        /**
         * Replaces what stands under a key, if it begins with the given fence.
         *
         * @param key the key
         * @param fence the beginning that is expected there
         * @param entry the new content
         * @param life how long it lives
         * @return whether it was stored
         */
        CompletionStage<Boolean> store(String key, byte[] fence, byte[] entry, Duration life);

        /**
         * Removes an entry or a lease, then issues an event.
         *
         * @param key the key
         * @param origin the node that invalidates
         * @return the head with the event's epoch
         */
        CompletionStage<Head> invalidate(String key, String origin);

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
         * Issues an event for a pattern and remembers the pattern as a tombstone.
         *
         * @param pattern the pattern
         * @param origin the node that invalidates
         * @return the head with the event's epoch
         */
        CompletionStage<Head> invalidateMatching(String pattern, String origin);

        /**
         * Issues an event for every key and raises the floor to it.
         *
         * @param origin the node that invalidates
         * @return the head with the event's epoch
         */
        CompletionStage<Head> clear(String origin);

        /**
         * Where the log stands.
         *
         * @return the head, or null if there is none
         */
        CompletionStage<@Nullable Head> head();

        /**
         * The head with every tombstone, in one atomic step. Creates a head of a new incarnation if there is none.
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

        /** Ends what {@link Link#region} opened. */
        @Override
        void close();
    }

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
     * @param bytes the entry or lease; empty if it is too large
     * @param remainingMillis how long it will still stand, by the server's clock
     * @param head the region's head while the command ran, or null if there is none
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Reading(
            byte[] bytes, long remainingMillis, @Nullable Head head) {}

    /**
     * A region's state.
     *
     * @param head where the log stands
     * @param floor entries of an epoch below this one are dead
     * @param patterns the tombstones: each pattern with the epoch of its last event
     */
    record Snapshot(Head head, long floor, Map<String, Long> patterns) {}

    /**
     * An invalidation in the log.
     *
     * @param epoch its number; the next event has the next number
     * @param kind what it invalidates
     * @param subject the key or pattern; empty for everything
     * @param origin the node that issued it
     */
    record Event(long epoch, Kind kind, String subject, String origin) {}

    /** What an event invalidates. */
    enum Kind {
        /** One key. */
        KEY,
        /** The keys that match a pattern. */
        PATTERN,
        /** Every key. */
        EVERYTHING
    }
}

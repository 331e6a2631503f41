package io.perfkit.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.RemovalCause;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One region's entries and loads on this node, and the rule that no invalidated value comes back.
 *
 * <p><b>Keys.</b> Loads in progress are in {@link #flights}, values in a Caffeine cache. An invalidation of a key
 * first takes the flight out of the map and marks it detached, then removes the value. A flight stores its value inside
 * an atomic computation on its own place in the map, and only if it is still there. If that computation comes before the
 * taking out, the value is removed after it; if later, the flight's place is empty or another's. Either way the value is
 * gone, and a later call finds no flight to join.
 *
 * <p>A {@code put} does both while it holds the key's place among the flights. A flight is there before it, and is
 * detached, or comes after it, and finds the value when it looks twice. With a gap between the two steps, a flight that
 * began in the gap would find nothing, load, and store its value over the one that was put.
 *
 * <p><b>Patterns.</b> Nothing is looked for when a pattern is invalidated: the pattern becomes a tombstone with the next
 * epoch. Entries carry the epoch at which their load <em>began</em>. An entry whose epoch is the list's is live; an
 * older one is checked against the tombstones in between, once, and then carries the newer epoch. Flights are judged in
 * the same way when a call wants to join them, and their values, stored under the epoch of their beginning, when they
 * are read.
 *
 * <p><b>Looking twice.</b> Who becomes the leader of a flight looks for a value once more, because the previous flight
 * may have stored one since. If there is one, the flight is abandoned and not completed with it: an invalidation may
 * have returned between the look and the completion, and a later caller who joined would get a value from before it.
 *
 * <p><b>Memory.</b> Dead entries leave by the size bound and by {@link #sweep}, which runs in the background, brings
 * every live entry's epoch up to date and then forgets the tombstones that nothing needs any more.
 *
 * <p><b>What stays when space is short</b> is for Caffeine to decide, from the hits it is told of. Telling it costs more
 * than the rest of a hit, and while nothing is evicted it does not matter. So time is divided into turns, each as long as it
 * takes to evict a 64th of the entries, and Caffeine is told of the first hit of each entry in each turn. Between coming
 * in and leaving, an entry can then have had 64 hits that count, which is more than Caffeine's own counters hold.
 */
final class LocalTier<V> {

    /** So many tombstones make a sweep worth while. */
    static final int SWEEP_AT = 512;
    /** So many are kept where sweeping cannot keep up; beyond, the oldest kills everything before it. */
    static final int MAXIMUM_TOMBSTONES = 8_192;

    /** So many turns pass while as many entries are evicted as there are. */
    private static final int TURNS = 64;

    private final String region;
    private final CoarseClock clock;
    private final Counters counters;
    private final Executor executor;
    private final Cache<String, Entry<V>> entries;
    /** Reads the entries without telling the eviction policy. */
    private final Policy<String, Entry<V>> quietly;

    private final ConcurrentHashMap<String, Flight<V>> flights = new ConcurrentHashMap<>();
    private final Tombstones tombstones = new Tombstones(MAXIMUM_TOMBSTONES, 0);
    private final AtomicBoolean sweeping = new AtomicBoolean();
    private final boolean keeps;
    private final RetryTimes retries;
    private final ChangeCounts changes = new ChangeCounts();

    private volatile int turn = 1;
    private long leftInTurn;

    /** @param keeps false to keep no values, only flights */
    LocalTier(
            String region,
            LocalOptions options,
            boolean keeps,
            CoarseClock clock,
            Executor executor,
            Counters counters) {
        this.region = region;
        this.clock = clock;
        this.counters = counters;
        this.keeps = keeps;
        this.executor = executor;
        Caffeine<String, Entry<V>> builder = Caffeine.newBuilder()
                // Handing each batch of its work to another thread costs more than the work.
                .executor(Runnable::run)
                .evictionListener((@Nullable String key, @Nullable Entry<V> entry, RemovalCause cause) -> evicted());
        if (options.weighted()) {
            this.entries = builder.maximumWeight(options.bound())
                    .weigher((key, entry) -> entry.weight)
                    .build();
        } else {
            this.entries = builder.maximumSize(options.bound()).build();
        }
        this.quietly = entries.policy();
        this.retries = new RetryTimes(keeps);
    }

    /** What is stored under the key, dead or alive. To the eviction policy this is a hit. */
    @Nullable
    Entry<V> peek(String key) {
        Entry<V> entry = quietly.getIfPresentQuietly(key);
        return entry != null && entry.hitIn(turn) ? entries.getIfPresent(key) : entry;
    }

    /** Called under the eviction policy's lock. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // so no other thread writes
    private void evicted() {
        counters.evictions.increment();
        if (--leftInTurn <= 0) {
            leftInTurn = entries.estimatedSize() / TURNS;
            turn++;
        }
    }

    /**
     * The entry as it is after every invalidation: the same one if none has met it, one that is due if one made it due,
     * null if it was invalidated. The end of its time is the caller's to judge.
     */
    @Nullable
    Entry<V> live(String key, Entry<V> entry) {
        long epoch = tombstones.epoch();
        return entry.validated() == epoch ? entry : catchUp(key, entry, epoch);
    }

    private @Nullable Entry<V> catchUp(String key, Entry<V> entry, long epoch) {
        long since = entry.validated();
        if (tombstones.kills(key, entry.tags, since)) {
            return null;
        }
        if (tombstones.makesDue(key, since)) {
            Entry<V> due = entry.due(epoch, clock.nanos());
            entries.asMap().replace(key, entry, due);
            return due;
        }
        entry.validated(epoch);
        return entry;
    }

    long epoch() {
        return tombstones.epoch();
    }

    /**
     * The flight that brings the key's value: to be led by who claims it, waited for by all others.
     *
     * @param joinableSince flights that began before are cut off: what they bring is older than it may be
     */
    Flight<V> join(Flight<V> mine, long joinableSince) {
        Flight<V> present = flights.putIfAbsent(mine.key(), mine);
        return present == null ? mine : joinOrReplace(mine, joinableSince);
    }

    private Flight<V> joinOrReplace(Flight<V> mine, long joinableSince) {
        return flights.compute(mine.key(), (key, flight) -> {
            if (flight == null) {
                return mine;
            }
            if (flight.startedAt() < joinableSince || tombstones.killsLoad(key, flight.startEpoch())) {
                flight.detach();
                return mine;
            }
            return flight;
        });
    }

    Flight<V> newFlight(String key) {
        return new Flight<>(region, key, tombstones.epoch(), clock.nanos());
    }

    /** The same for a refresh. */
    Flight<V> newRefresh(String key, Entry<V> replaced) {
        return new Flight<>(region, key, tombstones.epoch(), clock.nanos(), replaced);
    }

    boolean isLoading(String key) {
        return flights.containsKey(key);
    }

    @Nullable
    Flight<V> flight(String key) {
        return flights.get(key);
    }

    /** What the flight of a key has found in case that its load fails or takes too long. */
    @Nullable
    Entry<V> fallback(String key) {
        Flight<V> flight = flights.get(key);
        Entry<V> entry = flight == null ? null : flight.fallback();
        return flight == null || entry == null || isCutOff(flight, entry.tags) ? null : entry;
    }

    /** Until when a stale value of the key is served without an attempt to load the next one. */
    long retryAt(String key) {
        return retries.of(key);
    }

    /** Whether a stale value of the key, which only the shared tier has, is served without an attempt to load. */
    boolean isPostponed(String key) {
        return clock.nanos() < retryAt(key);
    }

    /** Serves a stale value on for a time before the next attempt to load, also where only the shared tier has it. */
    void postpone(String key, Entry<V> entry, long nanos) {
        long instant = clock.nanos() + nanos;
        entry.retryAt(instant);
        retries.put(key, instant);
    }

    /** Stores what a flight has found, unless it was cut off; the flight goes on. */
    void store(Flight<V> flight, Entry<V> entry) {
        flights.computeIfPresent(flight.key(), (key, present) -> {
            if (present == flight && keeps) {
                entries.put(key, entry);
            }
            return present;
        });
    }

    /**
     * Stores what a flight has brought, unless it was cut off, and takes it out. To be called before the flight is
     * completed: later callers must find the value, not the flight.
     */
    void land(Flight<V> flight, Entry<V> entry) {
        flights.computeIfPresent(flight.key(), (key, present) -> {
            if (present != flight) {
                return present;
            }
            if (keeps) {
                entries.put(key, entry);
            }
            return null;
        });
    }

    /** Whether an invalidation has met what this flight brought, or what it may still bring. */
    boolean isCutOff(Flight<V> flight, List<String> tags) {
        long since = flight.startEpoch();
        return flight.isDetached()
                || tombstones.kills(flight.key(), tags, since)
                || tombstones.makesDue(flight.key(), since);
    }

    /** Whether a pattern or a clear has met the key since this epoch. */
    boolean isOverrun(String key, long since) {
        return tombstones.kills(key, List.of(), since) || tombstones.makesDue(key, since);
    }

    /** Takes a flight out that brings nothing to keep. To be called before it is completed, as with {@link #land}. */
    void end(Flight<V> flight) {
        flights.remove(flight.key(), flight);
    }

    /** From here on, changes of single keys are counted, for loads that are no flights and delayed puts. */
    void countChanges() {
        changes.begin();
    }

    /** How often the key, or one that shares its stripe, was changed: too much is safe. */
    int changesOf(String key) {
        return changes.of(key);
    }

    /** Whether no change has met what a load that is no flight has brought. */
    boolean isUnchanged(PrivateLoad load, List<String> tags) {
        return changesOf(load.key()) == load.stamp()
                && !tombstones.kills(load.key(), tags, load.epoch())
                && !tombstones.makesDue(load.key(), load.epoch());
    }

    /**
     * Stores what a load has brought that is no flight, unless something has met it. The count is compared while the key's
     * place among the flights is held; a change counts first and takes that place afterwards, before it removes the value.
     */
    void store(PrivateLoad load, Entry<V> entry) {
        flights.compute(load.key(), (key, flight) -> {
            if (keeps && isUnchanged(load, entry.tags)) {
                entries.put(key, entry);
            }
            return flight;
        });
    }

    /** Whether the calling thread leads a load of the key. */
    boolean isLedHere(String key) {
        Flight<V> flight = flights.get(key);
        return flight != null && flight.leader() == Thread.currentThread();
    }

    void put(String key, Entry<V> entry) {
        flights.compute(key, (k, flight) -> {
            changes.add(k);
            if (flight != null) {
                flight.detach();
            }
            if (keeps) {
                // The epoch of now. With that of the beginning of the call, it could be older than a pattern that came
                // before another put, and would hide that one's value without having one.
                entry.validated(tombstones.epoch());
                entries.put(k, entry);
            }
            return null;
        });
    }

    /** The same, unless something has met the key; then nothing happens. Changes are kept out as with a load's value. */
    boolean putIfUnchanged(PrivateLoad since, Entry<V> entry) {
        boolean[] done = {false};
        flights.compute(since.key(), (k, flight) -> {
            long epoch = tombstones.epoch();
            if (!isUnchanged(since, List.of())) {
                return flight;
            }
            done[0] = true;
            changes.add(k);
            if (flight != null) {
                flight.detach();
            }
            if (keeps) {
                entry.validated(epoch);
                entries.put(k, entry);
            }
            return null;
        });
        return done[0];
    }

    void invalidate(String key) {
        detach(key);
        entries.invalidate(key);
    }

    void invalidate(Glob glob) {
        tombstones.add(glob);
        sweepIfMany();
    }

    private void sweepIfMany() {
        if (tombstones.size() > SWEEP_AT) {
            sweepSoon();
        }
    }

    void invalidateTag(String tag) {
        tombstones.addTag(tag);
        sweepIfMany();
    }

    /** Makes the value due. A load in progress is cut off as by an invalidation: what it brings may be old. */
    void makeDue(String key) {
        detach(key);
        entries.asMap().computeIfPresent(key, (k, entry) -> entry.due(entry.validated(), clock.nanos()));
    }

    void makeDue(Glob glob) {
        tombstones.addDue(glob);
        sweepIfMany();
    }

    /** The keys of live entries, for operators. O(entries), lazily. */
    Stream<String> keys(Glob glob) {
        return entries.asMap().entrySet().stream()
                .filter(e -> glob.matches(e.getKey()) && live(e.getKey(), e.getValue()) != null)
                .map(Map.Entry::getKey);
    }

    void clear() {
        tombstones.clear();
        sweepSoon();
    }

    long estimatedSize() {
        return entries.estimatedSize();
    }

    /** What the entries weigh, in bytes; 0 where they are counted instead. */
    long estimatedBytes() {
        return entries.policy().eviction().map(e -> e.weightedSize().orElse(0)).orElse(0L);
    }

    private void detach(String key) {
        changes.add(key);
        Flight<V> flight = flights.remove(key);
        if (flight != null) {
            flight.detach();
        }
    }

    private void sweepSoon() {
        if (sweeping.compareAndSet(false, true)) {
            try {
                executor.execute(this::sweep);
            } catch (RuntimeException e) {
                // A full or closed executor: the next invalidation tries again, and nothing depends on it.
                sweeping.set(false);
            }
        }
    }

    /** Removes dead entries, moves live ones to the present epoch, forgets the tombstones in between. O(entries). */
    void sweep() {
        try {
            long epoch = tombstones.epoch();
            entries.asMap().forEach((key, entry) -> {
                if (entry.validated() < epoch && catchUp(key, entry, epoch) == null) {
                    entries.asMap().remove(key, entry);
                }
            });
            tombstones.forgetUpTo(epoch);
        } finally {
            sweeping.set(false);
        }
    }
}

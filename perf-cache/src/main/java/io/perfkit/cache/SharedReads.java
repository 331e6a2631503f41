package io.perfkit.cache;

import io.perfkit.cache.EntryFormat.Parsed;
import io.perfkit.cache.RegionLog.Position;
import io.perfkit.cache.RegionLog.Standing;
import io.perfkit.cache.SharedGate.Waited;
import io.perfkit.cache.SharedRegion.Found;
import io.perfkit.cache.SharedRegion.Settings;
import io.perfkit.cache.SharedTier.Event;
import io.perfkit.cache.SharedTier.Head;
import io.perfkit.cache.SharedTier.Planting;
import io.perfkit.cache.SharedTier.Reading;
import io.perfkit.cache.SharedWrites.Fence;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a region reads the shared tier. A look-up is a chain of questions: the entry with the head; the events between, if
 * the node is behind the head; a lease, where nothing stands that may be served. A hit asks once, a miss twice.
 *
 * <p>The head is always from before the lease was planted and before the load, so an entry that carries its epoch is at
 * worst taken for older than it is. What stands when the lease is to be planted is judged by the head that was read
 * before: it stood later than every deletion that had been acknowledged when the look-up began, and a tombstone that
 * had been is known to the node, which is not behind that head.
 *
 * <p>The same chain serves those who wait, those who do not, and many keys at once, whose questions of one round go out
 * together. In each case all questions share one command's time limit. A call for very many keys is read in rounds of
 * bounded size, one after the other, so that neither the server nor the callers beside it are kept from each other, and
 * so that the time limit is one for the server's answers and not for how much was asked.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the continuation is the end, and handles failure
final class SharedReads<V> {

    /** So many keys of a call for many are asked for in one round, whose time limit is that of one command. */
    static final int KEYS_AT_ONCE = 1_024;

    private static final int EVENTS_AT_ONCE = 1_000;
    private static final long LONGEST_MILLIS = Duration.ofDays(3_650).toMillis();
    private static final byte[] NOTHING = {};

    /** Where a look-up stands: at a question, or at its end. */
    private sealed interface Step<V> {}

    /** @param planting the lease, where the question is one for a lease: many of these go out together */
    private record Ask<V, T>(
            @Nullable Planting planting, Supplier<CompletionStage<T>> command, Function<T, Step<V>> then)
            implements Step<V> {

        Ask(Supplier<CompletionStage<T>> command, Function<T, Step<V>> then) {
            this(null, command, then);
        }

        Step<V> answered(Object answer) {
            @SuppressWarnings("unchecked") // the answer of this very command
            T typed = (T) answer;
            return then.apply(typed);
        }
    }

    private record Done<V>(@Nullable Found<V> found) implements Step<V> {

        void putInto(Map<String, Found<V>> results, String key) {
            if (found != null) {
                results.put(key, found);
            }
        }
    }

    private final SharedRegion<V> shared;
    private final Codec<V> codec;
    private final Settings settings;
    private final RegionCounters counters;
    private final EntryFormat format;
    private final CoarseClock clock;
    private final SharedGate gate;
    private final RegionLog log;
    private final Outbox outbox;

    SharedReads(
            SharedRegion<V> shared,
            Codec<V> codec,
            Settings settings,
            RegionCounters counters,
            SharedSession session,
            RegionLog log,
            Outbox outbox) {
        this.shared = shared;
        this.codec = codec;
        this.settings = settings;
        this.counters = counters;
        this.format = session.format();
        this.clock = session.clock();
        this.gate = session.gate();
        this.log = log;
        this.outbox = outbox;
    }

    @Nullable
    Found<V> find(String key, Duration leaseLife) {
        Lookup lookup = lookup(key, leaseLife);
        if (lookup == null) {
            return null;
        }
        long start = System.nanoTime();
        Step<V> step = lookup.begin();
        while (step instanceof Ask<V, ?> ask) {
            Object answer = gate.call(counters, ask.command(), System.nanoTime() - start);
            if (answer == null) {
                lookup.giveUp();
                return null;
            }
            step = ask.answered(answer);
        }
        return ((Done<V>) step).found();
    }

    /** @param executor where values are decoded */
    CompletableFuture<@Nullable Found<V>> findAsync(String key, Duration leaseLife, Executor executor) {
        Lookup lookup = lookup(key, leaseLife);
        return lookup == null
                ? CompletableFuture.completedFuture(null)
                : proceed(lookup, lookup.begin(), System.nanoTime(), executor);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the nested stage is the one that is composed
    private CompletableFuture<@Nullable Found<V>> proceed(Lookup lookup, Step<V> step, long start, Executor executor) {
        if (step instanceof Done<V> done) {
            return CompletableFuture.completedFuture(done.found());
        }
        Ask<V, ?> ask = (Ask<V, ?>) step;
        // Decoding, and what the caller hangs on to the result, is no work for the thread that reads from the network.
        CompletableFuture<@Nullable Found<V>> result = new CompletableFuture<>();
        gate.submit(counters, ask.command(), System.nanoTime() - start)
                .thenApplyAsync(ask::answered, executor)
                .thenCompose(next -> proceed(lookup, next, start, executor))
                .whenComplete((found, failure) -> {
                    if (failure != null) {
                        lookup.giveUp();
                    }
                    result.complete(found);
                });
        return result;
    }

    /**
     * Reads in rounds, each of which has a time limit of its own, from when it is sent. The first that is not answered in
     * time, or not let through, is the last: what comes after it is not asked for.
     *
     * @param keys no key twice
     */
    Map<String, Found<V>> findAll(Collection<String> keys, Duration leaseLife) {
        if (keys.size() <= KEYS_AT_ONCE) {
            Map<String, Found<V>> found = new HashMap<>(2 * keys.size());
            findSome(keys, leaseLife, found);
            return found;
        }
        List<String> all = List.copyOf(keys);
        Map<String, Found<V>> found = new HashMap<>(2 * all.size());
        boolean answered = true;
        for (int from = 0; answered && from < all.size(); from += KEYS_AT_ONCE) {
            answered = findSome(all.subList(from, Math.min(all.size(), from + KEYS_AT_ONCE)), leaseLife, found);
        }
        return found;
    }

    /** @return whether everything that was asked was answered */
    private boolean findSome(Collection<String> keys, Duration leaseLife, Map<String, Found<V>> found) {
        List<String> wanted = new ArrayList<>(keys.size());
        List<Lookup> lookups = new ArrayList<>(keys.size());
        for (String key : keys) {
            Lookup lookup = lookup(key, leaseLife);
            if (lookup != null) {
                wanted.add(key);
                lookups.add(lookup);
            }
        }
        SharedTier.Region region = shared.remote();
        if (lookups.isEmpty() || region == null) {
            return region != null;
        }
        Waited waited = new Waited();
        long askedAt = clock.preciseNanos();
        Map<String, Step<V>> open = new HashMap<>();
        Iterator<Lookup> next = lookups.iterator();
        gate.<List<Reading>>callAll(counters, () -> region.readAll(wanted), waited, readings -> {
            if (!readings.isEmpty()) {
                catchUp(region, readings.get(0).head(), waited);
            }
            for (Reading reading : readings) {
                Lookup lookup = next.next();
                lookup.askedAt = askedAt;
                Step<V> step = lookup.read(reading);
                if (step instanceof Done<V> done) {
                    done.putInto(found, lookup.key);
                } else {
                    open.put(lookup.key, step);
                }
            }
        });
        boolean answered = !next.hasNext();
        Map<String, Step<V>> steps = open;
        while (!steps.isEmpty()) {
            Map<String, Step<V>> now = settle(region, leaseLife, steps, waited, found);
            answered &=
                    steps.values().stream().filter(step -> step instanceof Ask).count() == now.size();
            steps = now;
        }
        return answered;
    }

    /** Asks the questions of one round together; what is at its end goes into the result. */
    private Map<String, Step<V>> settle(
            SharedTier.Region region,
            Duration leaseLife,
            Map<String, Step<V>> steps,
            Waited waited,
            Map<String, Found<V>> found) {
        List<Planting> leases = new ArrayList<>();
        List<Ask<V, ?>> ofLeases = new ArrayList<>();
        Map<String, Ask<V, ?>> others = new LinkedHashMap<>();
        steps.forEach((key, step) -> {
            if (step instanceof Done<V> done) {
                done.putInto(found, key);
            } else if (step instanceof Ask<V, ?> ask && ask.planting() != null) {
                leases.add(ask.planting());
                ofLeases.add(ask);
            } else if (step instanceof Ask<V, ?> ask) {
                others.put(key, ask);
            }
        });
        Map<String, Step<V>> next = new HashMap<>();
        if (!leases.isEmpty()) {
            Iterator<Planting> planted = leases.iterator();
            Iterator<Ask<V, ?>> asked = ofLeases.iterator();
            boolean sent = gate.<List<Reading>>callAll(
                    counters,
                    () -> region.leaseAll(leases, leaseLife),
                    waited,
                    readings -> readings.forEach(reading ->
                            next.put(planted.next().key(), asked.next().answered(reading))));
            if (sent && planted.hasNext()) {
                // Nobody will know of those that were planted nevertheless.
                List<Fence> late = new ArrayList<>();
                planted.forEachRemaining(each -> late.add(new Fence(each.key(), each.lease())));
                shared.writes().removeAll(late);
            }
        }
        if (!others.isEmpty()) {
            Iterator<Map.Entry<String, Ask<V, ?>>> asked = others.entrySet().iterator();
            gate.<Object>callAll(
                    counters,
                    () -> others.values().stream()
                            .<CompletionStage<Object>>map(
                                    ask -> ask.command().get().thenApply(answer -> answer))
                            .toList(),
                    waited,
                    answer -> {
                        Map.Entry<String, Ask<V, ?>> ask = asked.next();
                        next.put(ask.getKey(), ask.getValue().answered(answer));
                    });
        }
        return next;
    }

    /** One catching up for many keys; where it fails, each key finds that it is behind. */
    private void catchUp(SharedTier.Region region, @Nullable Head head, Waited waited) {
        Position p = log.position();
        if (p != null && head != null && p.incarnation() == head.incarnation() && p.epoch() < head.epoch()) {
            long after = p.epoch();
            List<Event> events = gate.call(counters, () -> region.events(after, EVENTS_AT_ONCE), waited);
            if (events != null) {
                shared.applyOrLose(events);
            }
        }
    }

    private @Nullable Lookup lookup(String key, Duration leaseLife) {
        SharedTier.Region region = shared.remote();
        Position position = log.position();
        // After the caller has noted its local epoch: an invalidation that is not yet in here will cut the caller off.
        if (region == null || position == null || outbox.hides(key)) {
            return null;
        }
        SharedWrites.checkKey(key);
        return new Lookup(key, leaseLife, region, position);
    }

    private final class Lookup {

        private final String key;
        private final Duration leaseLife;
        private final SharedTier.Region region;
        private Position before;
        private long askedAt;
        private boolean secondTime;
        private byte @Nullable [] lease;

        Lookup(String key, Duration leaseLife, SharedTier.Region region, Position before) {
            this.key = key;
            this.leaseLife = leaseLife;
            this.region = region;
            this.before = before;
        }

        /**
         * Nobody will know of the lease that was asked for and not acknowledged, because the caller was interrupted or
         * the answer is late. Where it was planted nevertheless, it must not hold others up.
         */
        void giveUp() {
            byte[] planted = lease;
            if (planted != null) {
                shared.writes().remove(key, planted);
            }
        }

        Step<V> begin() {
            askedAt = clock.preciseNanos();
            return new Ask<>(() -> region.read(key), this::read);
        }

        Step<V> read(Reading reading) {
            Head head = reading.head();
            if (head == null || log.observe(head, before, askedAt) == Standing.LOST) {
                shared.lost();
                return new Done<>(null);
            }
            return judge(reading, head);
        }

        private Step<V> judge(Reading reading, Head head) {
            byte[] bytes = reading.bytes();
            if (bytes == null) {
                return lease(NOTHING, head);
            }
            if (Arrays.equals(bytes, lease)) {
                return absent(bytes, true, head);
            }
            Parsed parsed = parse(bytes);
            return switch (parsed.kind()) {
                case LEASE -> absent(parsed.fence(), false, head);
                case PUT -> absent(null, false, head);
                case NEWER -> {
                    counters.undecodable.increment();
                    yield absent(null, false, head);
                }
                case FOREIGN -> {
                    counters.undecodable.increment();
                    yield lease(parsed.fence(), head);
                }
                case VALUE ->
                    parsed.incarnation() == head.incarnation()
                            ? judgeValue(reading, parsed, head)
                            : lease(parsed.fence(), head);
            };
        }

        private Step<V> judgeValue(Reading reading, Parsed parsed, Head head) {
            String master = reading.master();
            if (master != null && !shared.isKnown(master)) {
                return adopt(master);
            }
            Position position = log.position();
            if (position == null || position.incarnation() != head.incarnation()) {
                return new Done<>(null);
            }
            if (position.epoch() < head.epoch()) {
                return catchUp(position, reading, head);
            }
            if (position.tombstones().kills(key, parsed.tags(), parsed.epoch())
                    || outbox.hides(key, parsed.tags(), parsed.epoch())) {
                return lease(parsed.fence(), head);
            }
            boolean due = parsed.due()
                    || position.tombstones().makesDue(key, parsed.epoch())
                    || outbox.makesDue(key, parsed.epoch());
            Found<V> found = decode(reading, parsed, due, head);
            return found == null ? lease(parsed.fence(), head) : new Done<>(found);
        }

        /** Entries of a server that nobody knew may be those of a replica that lost deletions. */
        private Step<V> adopt(String master) {
            return new Ask<>(() -> region.adopt(master), ignored -> {
                shared.nowKnown(master);
                Position now = log.position();
                if (secondTime || now == null) {
                    return new Done<>(null);
                }
                secondTime = true;
                before = now;
                return begin();
            });
        }

        private Step<V> catchUp(Position position, Reading reading, Head head) {
            return new Ask<>(() -> region.events(position.epoch(), EVENTS_AT_ONCE), events -> {
                Position now = shared.applyOrLose(events) ? log.position() : null;
                return now == null || now.incarnation() != head.incarnation() || now.epoch() < head.epoch()
                        ? new Done<>(null)
                        : judge(reading, head);
            });
        }

        /** Replaces what is dead, or nothing; but only once: who is overtaken by others leaves the place to them. */
        private Step<V> lease(byte[] over, Head head) {
            if (lease != null) {
                return absent(over.length < EntryFormat.FENCE_LENGTH ? null : over, false, head);
            }
            byte[] mine = format.lease();
            lease = mine;
            return new Ask<>(
                    new Planting(key, mine, over),
                    () -> region.lease(key, mine, leaseLife, over),
                    reading -> judge(reading, head));
        }

        private Step<V> absent(byte @Nullable [] fence, boolean ours, Head head) {
            return new Done<>(new Found<>(false, null, askedAt, 0, 0, 0, false, 0, List.of(), 0, fence, ours, head));
        }

        /** Null if it has ended, or has no meaning to this region. */
        private @Nullable Found<V> decode(Reading reading, Parsed parsed, boolean due, Head head) {
            long now = reading.millis() >= 0 ? reading.millis() : shared.serverMillis(askedAt);
            long freshFor = Math.min(parsed.freshUntil() - now, LONGEST_MILLIS);
            if (now < 0 || freshFor + Math.min(parsed.afterwards(), LONGEST_MILLIS) <= 0) {
                return null;
            }
            byte[] bytes = reading.bytes();
            try {
                V value = parsed.isNull() || bytes == null ? null : decode(bytes, parsed);
                if (value == null && !parsed.isNull()) {
                    throw new IllegalStateException("null");
                }
                return new Found<>(
                        true,
                        value,
                        askedAt,
                        due ? Math.min(0, nanos(freshFor, 0)) : nanos(freshFor, 0),
                        nanos(freshFor, parsed.staleMillis()),
                        nanos(freshFor, parsed.afterwards()),
                        due,
                        parsed.loadNanos(),
                        parsed.tags(),
                        bytes == null ? 0 : bytes.length - parsed.value(),
                        parsed.fence(),
                        false,
                        head);
            } catch (Exception | StackOverflowError e) {
                // Deeply nested hostile JSON ends a careless codec by its stack.
                counters.undecodable.increment();
                return null;
            }
        }

        private V decode(byte[] bytes, Parsed parsed) throws Exception {
            int from = parsed.value();
            if (!parsed.compressed()) {
                return codec.decode(bytes, from, bytes.length);
            }
            int size = bytes.length - from < Integer.BYTES
                    ? -1
                    : ByteBuffer.wrap(bytes).getInt(from);
            if (size < 0 || size > SharedRegion.LARGEST_ENTRY) {
                throw new IllegalStateException("an inflated size of " + size);
            }
            byte[] compressed = Arrays.copyOfRange(bytes, from + Integer.BYTES, bytes.length);
            return codec.decode(settings.compression().decompress(compressed, size));
        }
    }

    private static long nanos(long millis, long more) {
        return TimeUnit.MILLISECONDS.toNanos(millis + Math.min(more, LONGEST_MILLIS));
    }

    Parsed parse(byte[] bytes) {
        return EntryFormat.parse(bytes, settings.schemaVersion());
    }

    /** Whether a value may be served on this node, as far as that can be known without asking for the head. */
    boolean isLive(String key, Parsed parsed) {
        return log.position() != null && !isDead(key, parsed) && !outbox.hides(key, parsed.tags(), parsed.epoch());
    }

    /** Whether a value can never be served again by any node. */
    boolean isDead(String key, Parsed parsed) {
        Position position = log.position();
        return position != null
                && (position.incarnation() != parsed.incarnation()
                        || position.tombstones().kills(key, parsed.tags(), parsed.epoch()));
    }
}

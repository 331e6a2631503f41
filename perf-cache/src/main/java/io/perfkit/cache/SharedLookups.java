package io.perfkit.cache;

import io.perfkit.cache.LogPosition.Position;
import io.perfkit.cache.LogPosition.Standing;
import io.perfkit.cache.spi.EntryLayout;
import io.perfkit.cache.spi.SharedTier;
import io.perfkit.cache.spi.SharedTier.Head;
import io.perfkit.cache.spi.SharedTier.Planting;
import io.perfkit.cache.spi.SharedTier.Reading;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The chain of questions that a look-up of one key in the shared tier is: the entry with the head; the events between, if
 * the node is behind the head; a lease, where nothing stands that may be served. A hit asks once, a miss twice. What
 * drives the chain asks each question and goes on from its answer; {@link SharedReads} does so in three ways.
 *
 * <p>The head is always from before the lease was planted and before the load, so an entry that carries its epoch is at
 * worst taken for older than it is. What stands when the lease is to be planted is judged by the head that was read
 * before: it stood later than every deletion that had been acknowledged when the look-up began, and a tombstone that
 * had been is known to the node, which is not behind that head.
 */
final class SharedLookups<V> {

    private static final byte[] NOTHING = {};

    /** Where a look-up stands: at a question, or at its end. */
    sealed interface Step<V> {}

    /** @param planting the lease, where the question is one for a lease: many of these go out together */
    record Ask<V, T>(@Nullable Planting planting, Supplier<CompletionStage<T>> command, Function<T, Step<V>> then)
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

    record Done<V>(@Nullable Found<V> found) implements Step<V> {

        void putInto(Map<String, Found<V>> results, String key) {
            if (found != null) {
                results.put(key, found);
            }
        }
    }

    private final RegionLink link;
    private final LogPosition log;
    private final PendingInvalidations pending;
    private final SharedClaims<V> claims;
    private final ValueFormat<V> values;
    private final Counters counters;
    private final EntryFormat format;
    private final CoarseClock clock;

    SharedLookups(
            RegionLink link,
            LogPosition log,
            PendingInvalidations pending,
            SharedClaims<V> claims,
            ValueFormat<V> values,
            Counters counters,
            SharedSession session) {
        this.link = link;
        this.log = log;
        this.pending = pending;
        this.claims = claims;
        this.values = values;
        this.counters = counters;
        this.format = session.format();
        this.clock = session.clock();
    }

    /** Null where the shared tier cannot be read now. */
    @Nullable
    Lookup lookup(String key, Duration leaseLife) {
        SharedTier.Region region = link.remote();
        Position position = log.position();
        // After the caller has noted its local epoch: an invalidation that is not yet in here will cut the caller off.
        if (region == null || position == null || pending.hides(key)) {
            return null;
        }
        EntryFormat.checkKey(key);
        return new Lookup(key, leaseLife, region, position);
    }

    /** One look-up. Not thread-safe: its steps come one after the other. */
    final class Lookup {

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
         * No call will use the lease that was asked for and not acknowledged, because the caller was interrupted or
         * the answer is late. Where it was planted nevertheless, it must not hold others up.
         */
        void giveUp() {
            byte[] planted = lease;
            if (planted != null) {
                claims.remove(key, planted);
            }
        }

        String key() {
            return key;
        }

        Step<V> begin() {
            askedAt = clock.preciseNanos();
            return new Ask<>(() -> region.read(key), this::read);
        }

        /** The same for an answer to a question that was put elsewhere. */
        Step<V> answered(Reading reading, long asked) {
            askedAt = asked;
            return read(reading);
        }

        private Step<V> read(Reading reading) {
            Head head = reading.head();
            if (head == null || log.observe(head, before, askedAt) == Standing.LOST) {
                link.lost();
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
            Parsed parsed = values.parse(bytes);
            if (parsed instanceof Parsed.Value value) {
                return value.incarnation() == head.incarnation()
                        ? judgeValue(reading, value, head)
                        : lease(value.fence(), head);
            }
            return switch (((Parsed.Other) parsed).kind()) {
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
            };
        }

        private Step<V> judgeValue(Reading reading, Parsed.Value parsed, Head head) {
            String master = reading.master();
            if (master != null && !link.isKnown(master)) {
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
                    || pending.hides(key, parsed.tags(), parsed.epoch())) {
                return lease(parsed.fence(), head);
            }
            boolean due = parsed.isDue()
                    || position.tombstones().makesDue(key, parsed.epoch())
                    || pending.makesDue(key, parsed.epoch());
            Found<V> found = decode(reading, parsed, due, head);
            return found == null ? lease(parsed.fence(), head) : new Done<>(found);
        }

        /** Entries of a server that was not known may be those of a replica that lost deletions. */
        private Step<V> adopt(String master) {
            return new Ask<>(() -> region.adopt(master), ignored -> {
                link.nowKnown(master);
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
            return new Ask<>(() -> region.events(position.epoch(), LogPosition.EVENTS_AT_ONCE), events -> {
                Position now = link.applyOrLose(events) ? log.position() : null;
                return now == null || now.incarnation() != head.incarnation() || now.epoch() < head.epoch()
                        ? new Done<>(null)
                        : judge(reading, head);
            });
        }

        /** Replaces what is dead, or nothing; but only once: who is overtaken by others leaves the place to them. */
        private Step<V> lease(byte[] over, Head head) {
            if (lease != null) {
                return absent(over.length < EntryLayout.FENCE_LENGTH ? null : over, false, head);
            }
            byte[] mine = format.lease();
            lease = mine;
            return new Ask<>(
                    new Planting(key, mine, over),
                    () -> region.lease(key, mine, leaseLife, over),
                    reading -> judge(reading, head));
        }

        private Step<V> absent(byte @Nullable [] fence, boolean ours, Head head) {
            return new Done<>(new Found.Absent<>(fence, ours, head));
        }

        /** Null if it has ended, or has no meaning to this region. */
        private @Nullable Found<V> decode(Reading reading, Parsed.Value parsed, boolean due, Head head) {
            long now = reading.millis() >= 0 ? reading.millis() : link.serverMillis(askedAt);
            long fresh = Math.min(parsed.freshUntil() - now, Found.MAXIMUM_MILLIS);
            if (now < 0 || fresh + Math.min(parsed.afterwards(), Found.MAXIMUM_MILLIS) <= 0) {
                return null;
            }
            try {
                V value = parsed.isNull() ? null : values.decode(parsed);
                if (value == null && !parsed.isNull()) {
                    throw new IllegalStateException("null");
                }
                return new Found.Present<>(value, askedAt, fresh, due, parsed, head);
            } catch (Exception | StackOverflowError e) {
                // Deeply nested hostile JSON ends a careless codec by its stack.
                counters.undecodable.increment();
                return null;
            }
        }
    }
}

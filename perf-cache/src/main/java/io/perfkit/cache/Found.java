package io.perfkit.cache;

import io.perfkit.cache.spi.SharedTier.Head;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a read of the shared tier brought for one key: something to serve, or a place that a load may fill. */
sealed interface Found<V> {

    long MAXIMUM_MILLIS = Duration.ofDays(3_650).toMillis();

    /** What a store of a newly loaded value has to find, or null if none may be stored. */
    byte @Nullable [] fence();

    /** The head that an entry loaded from now on may carry. */
    Head head();

    /** Whether there is something to serve: a value, or the knowledge that there is none. */
    default boolean present() {
        return this instanceof Present;
    }

    /** Whether the fence is a lease that this very read has planted. */
    default boolean leaseIsOurs() {
        return false;
    }

    /**
     * Nothing to serve.
     *
     * @param fence a lease, of this read or of another's
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Absent<V>(byte @Nullable [] fence, boolean leaseIsOurs, Head head) implements Found<V> {}

    /**
     * A value, or the knowledge that there is none, which may be past its time. All times are in nanoseconds after it was
     * asked for.
     *
     * @param value the value, or null for a cached absence
     * @param askedAt when it was asked for, in the cache's nanoseconds
     * @param freshMillis for how long after that its ttl lasts
     * @param due whether it was made due before its time
     * @param entry as it stands in the shared tier
     */
    record Present<V>(@Nullable V value, long askedAt, long freshMillis, boolean due, Parsed.Value entry, Head head)
            implements Found<V> {

        @Override
        public byte[] fence() {
            return entry.fence();
        }

        boolean isFresh() {
            return !due && freshMillis > 0;
        }

        /** For how long it is fresh; not positive if past its ttl or due. */
        long freshFor() {
            long left = nanos(0);
            return due ? Math.min(0, left) : left;
        }

        /** For how long it may be served while it is loaded anew. */
        long staleFor() {
            return nanos(entry.staleMillis());
        }

        /** For how long it may be served at all, which is if loading fails. */
        long liveFor() {
            return nanos(entry.afterwards());
        }

        private long nanos(long more) {
            return TimeUnit.MILLISECONDS.toNanos(freshMillis + Math.min(more, MAXIMUM_MILLIS));
        }

        long loadNanos() {
            return entry.loadNanos();
        }

        List<String> tags() {
            return entry.tags();
        }

        /** The size of its encoded form. */
        int size() {
            return entry.size();
        }
    }
}

package io.perfkit.monitoring;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The latencies of the last window, lock-free to record.
 *
 * <p>The window is a ring of three slices. A slice that has come round again is not cleared but replaced by a new one,
 * so a thread that was still writing to the old one writes to what nobody reads any more, instead of into the new
 * window. A snapshot therefore covers between two thirds of the window and the whole of it. A slice is made at its
 * first record; a name that falls silent holds what it has and a name never used holds nothing.
 *
 * <p>A slice has sixteen buckets for each power of two of microseconds, so a percentile is right to 3 %; the shortest, the
 * longest and the sum are kept as they are. It takes 2 KB.
 */
final class RollingHistogram {
    private static final int SLICES = 3;
    static final long HIGHEST_MICROS = TimeUnit.HOURS.toMicros(1);
    private static final int SUB_BITS = 4;
    private static final int SUBS = 1 << SUB_BITS;
    static final int BUCKETS = bucket(HIGHEST_MICROS) + 1;

    private final long sliceNanos;
    private final long originNanos;
    private final AtomicReferenceArray<Slice> ring = new AtomicReferenceArray<>(SLICES);

    RollingHistogram(long windowNanos, long originNanos) {
        this.sliceNanos = Math.max(1, windowNanos / SLICES);
        this.originNanos = originNanos;
    }

    static int bucket(long micros) {
        int exponent = Math.max(0, 63 - Long.numberOfLeadingZeros(micros | 1) - SUB_BITS);
        return exponent * SUBS + (int) (micros >>> exponent);
    }

    /** The middle of a bucket. */
    static long micros(int bucket) {
        int exponent = Math.max(0, bucket / SUBS - 1);
        long low = (long) (bucket - exponent * SUBS) << exponent;
        return low + (1L << exponent) / 2;
    }

    void record(long nowNanos, long elapsedNanos, boolean failed, @Nullable ScopeTally tally) {
        Slice slice = slice(Math.max(0, nowNanos - originNanos) / sliceNanos);
        long micros = Math.min(Math.max(0, elapsedNanos / 1_000), HIGHEST_MICROS);
        slice.counts.incrementAndGet(bucket(micros));
        slice.sumMicros.addAndGet(micros);
        if (micros > slice.maxMicros.get()) {
            slice.maxMicros.accumulateAndGet(micros, Math::max);
        }
        if (micros < slice.minMicros.get()) {
            slice.minMicros.accumulateAndGet(micros, Math::min);
        }
        if (failed) {
            slice.errors.incrementAndGet();
        }
        if (tally != null) {
            slice.database.add(tally);
        }
    }

    private Slice slice(long epoch) {
        int index = (int) (epoch % SLICES);
        while (true) {
            Slice present = ring.get(index);
            if (present != null && present.epoch >= epoch) {
                return present;
            }
            Slice fresh = new Slice(epoch);
            if (ring.compareAndSet(index, present, fresh)) {
                return fresh;
            }
        }
    }

    TimingStats snapshot(String name, long nowNanos) {
        long oldest = Math.max(0, nowNanos - originNanos) / sliceNanos - SLICES + 1;
        long[] counts = new long[BUCKETS];
        long errors = 0;
        long sum = 0;
        long min = Long.MAX_VALUE;
        long max = 0;
        DatabaseTotals database = new DatabaseTotals();
        for (int i = 0; i < SLICES; i++) {
            Slice slice = ring.get(i);
            if (slice != null && slice.epoch >= oldest) {
                for (int bucket = 0; bucket < BUCKETS; bucket++) {
                    counts[bucket] += slice.counts.get(bucket);
                }
                errors += slice.errors.get();
                sum += slice.sumMicros.get();
                min = Math.min(min, slice.minMicros.get());
                max = Math.max(max, slice.maxMicros.get());
                database.add(slice.database);
            }
        }
        return TimingStats.of(name, new Distribution(counts, sum, min, max), errors, database);
    }

    /** The share of the window's records that failed; 0 where there were fewer than so many. */
    double errorRate(long nowNanos, long least) {
        long oldest = Math.max(0, nowNanos - originNanos) / sliceNanos - SLICES + 1;
        long errors = 0;
        long count = 0;
        for (int i = 0; i < SLICES; i++) {
            Slice slice = ring.get(i);
            if (slice != null && slice.epoch >= oldest) {
                errors += slice.errors.get();
            }
        }
        for (int i = 0; i < SLICES && errors > 0; i++) {
            Slice slice = ring.get(i);
            if (slice != null && slice.epoch >= oldest) {
                for (int bucket = 0; bucket < BUCKETS; bucket++) {
                    count += slice.counts.get(bucket);
                }
            }
        }
        return errors == 0 || count < least ? 0 : (double) errors / count;
    }

    /** What several slices add up to. */
    static final class Distribution {
        private final long[] counts;
        final long sumMicros;
        final long minMicros;
        final long maxMicros;

        Distribution(long[] counts, long sumMicros, long minMicros, long maxMicros) {
            this.counts = counts;
            this.sumMicros = sumMicros;
            this.minMicros = minMicros;
            this.maxMicros = maxMicros;
        }

        long count() {
            long count = 0;
            for (long each : counts) {
                count += each;
            }
            return count;
        }

        /** The value that so much of all is at or below; between the shortest and the longest there was. */
        long percentile(double share) {
            long rank = Math.max(1, (long) Math.ceil(count() * share));
            long seen = 0;
            for (int bucket = 0; bucket < counts.length; bucket++) {
                seen += counts[bucket];
                if (seen >= rank) {
                    return Math.max(minMicros, Math.min(maxMicros, micros(bucket)));
                }
            }
            return maxMicros;
        }
    }

    private static final class Slice {
        final long epoch;
        final AtomicIntegerArray counts = new AtomicIntegerArray(BUCKETS);
        final AtomicLong sumMicros = new AtomicLong();
        final AtomicLong minMicros = new AtomicLong(Long.MAX_VALUE);
        final AtomicLong maxMicros = new AtomicLong();
        final AtomicLong errors = new AtomicLong();
        final DatabaseTotals database = new DatabaseTotals();

        Slice(long epoch) {
            this.epoch = epoch;
        }
    }
}

package io.perfkit.monitoring;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.Histogram;

/**
 * The latencies of the last window, to 1 %, lock-free to record.
 *
 * <p>The window is a ring of three slices. A slice that has come round again is not cleared but replaced by a new one,
 * so a thread that was still writing to the old one writes to what nobody reads any more, instead of into the new
 * window. A snapshot therefore covers between two thirds of the window and the whole of it. A slice is made at its
 * first record; a name that falls silent holds what it has and a name never used holds nothing. A slice takes 25 KB.
 */
final class RollingHistogram {
    private static final int SLICES = 3;
    private static final int SIGNIFICANT_DIGITS = 2;
    static final long HIGHEST_MICROS = TimeUnit.HOURS.toMicros(1);

    private final long sliceNanos;
    private final long originNanos;
    private final AtomicReferenceArray<Slice> ring = new AtomicReferenceArray<>(SLICES);

    RollingHistogram(long windowNanos, long originNanos) {
        this.sliceNanos = Math.max(1, windowNanos / SLICES);
        this.originNanos = originNanos;
    }

    void record(long nowNanos, long elapsedNanos, boolean failed) {
        Slice slice = slice(Math.max(0, nowNanos - originNanos) / sliceNanos);
        long micros = elapsedNanos / 1_000;
        slice.latencies.recordValue(Math.min(Math.max(0, micros), HIGHEST_MICROS));
        if (failed) {
            slice.errors.incrementAndGet();
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
        AbstractHistogram sum = new Histogram(HIGHEST_MICROS, SIGNIFICANT_DIGITS);
        long errors = 0;
        for (int i = 0; i < SLICES; i++) {
            Slice slice = ring.get(i);
            if (slice != null && slice.epoch >= oldest) {
                sum.add(slice.latencies);
                errors += slice.errors.get();
            }
        }
        return TimingStats.of(name, sum, errors);
    }

    private static final class Slice {
        final long epoch;
        final AtomicHistogram latencies = new AtomicHistogram(HIGHEST_MICROS, SIGNIFICANT_DIGITS);
        final AtomicLong errors = new AtomicLong();

        Slice(long epoch) {
            this.epoch = epoch;
        }
    }
}

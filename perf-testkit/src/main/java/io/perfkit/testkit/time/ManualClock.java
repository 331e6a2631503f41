package io.perfkit.testkit.time;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A clock that stands still until it is told to move, both as a {@link Clock} and as a source of nanoseconds.
 *
 * <p>The two never disagree: what {@link #advance} adds to one it adds to the other at the same moment. Safe for use by
 * several threads; what a thread did before {@code advance} is seen by whoever sees the new time.
 */
public final class ManualClock extends Clock {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Instant start;
    private final ZoneId zone;
    private final AtomicLong elapsedNanos;

    /** A clock at the beginning of 2026 in UTC. */
    public ManualClock() {
        this(START);
    }

    /** A clock at a given moment in UTC. */
    public ManualClock(Instant start) {
        this(Objects.requireNonNull(start, "start"), ZoneOffset.UTC, new AtomicLong());
    }

    private ManualClock(Instant start, ZoneId zone, AtomicLong elapsedNanos) {
        this.start = start;
        this.zone = zone;
        this.elapsedNanos = elapsedNanos;
    }

    /**
     * Lets time pass.
     *
     * @throws IllegalArgumentException if the duration is negative: nanoseconds never run backwards
     * @throws ArithmeticException if more than 292 years have passed in all
     */
    public void advance(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("duration must not be negative, but was " + duration);
        }
        long nanos = duration.toNanos();
        elapsedNanos.updateAndGet(before -> Math.addExact(before, nanos));
    }

    /** The nanoseconds that have passed since the clock was made, in the role of {@link System#nanoTime()}. */
    public long nanoTime() {
        return elapsedNanos.get();
    }

    @Override
    public Instant instant() {
        return start.plusNanos(elapsedNanos.get());
    }

    @Override
    public ZoneId getZone() {
        return zone;
    }

    /** The same clock in another zone: the two advance together. */
    @Override
    public ManualClock withZone(ZoneId newZone) {
        return new ManualClock(start, Objects.requireNonNull(newZone, "newZone"), elapsedNanos);
    }

    @Override
    public String toString() {
        return "ManualClock[" + instant() + "]";
    }
}

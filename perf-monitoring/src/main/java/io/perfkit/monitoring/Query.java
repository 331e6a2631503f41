package io.perfkit.monitoring;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * A query as its fingerprint, and what has been seen of it. Got from {@link QueryRecorder#query} and handed back to it;
 * may be kept as long as a prepared statement lives. Thread-safe.
 */
public final class Query {
    private final String fingerprint;
    private final LongAdder count = new LongAdder();
    private final LongAdder totalNanos = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final LongAdder slow = new LongAdder();
    private final LongAdder rows = new LongAdder();
    private final AtomicLong maxNanos = new AtomicLong();
    final Throttle log;
    final Throttle coolDown;

    Query(String fingerprint, Throttle log, Throttle coolDown) {
        this.fingerprint = fingerprint;
        this.log = log;
        this.coolDown = coolDown;
    }

    /**
     * The text with its values folded away.
     *
     * @return at most 2,000 characters, or {@code _other} for all fingerprints beyond the cap
     */
    public String fingerprint() {
        return fingerprint;
    }

    void executed(long nanos, boolean failed) {
        count.increment();
        totalNanos.add(nanos);
        if (failed) {
            errors.increment();
        }
        long max = maxNanos.get();
        while (nanos > max && !maxNanos.compareAndSet(max, nanos)) {
            max = maxNanos.get();
        }
    }

    void wasSlow() {
        slow.increment();
    }

    void fetched(long number) {
        rows.add(number);
    }

    QueryStats snapshot() {
        return new QueryStats(
                fingerprint,
                count.sum(),
                errors.sum(),
                slow.sum(),
                rows.sum(),
                Duration.ofNanos(totalNanos.sum()),
                Duration.ofNanos(maxNanos.get()));
    }

    @Override
    public String toString() {
        return fingerprint;
    }
}

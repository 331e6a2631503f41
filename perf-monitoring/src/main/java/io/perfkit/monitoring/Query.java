package io.perfkit.monitoring;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * A query as its fingerprint, and what has been seen of it. Got from {@link QueryRecorder#query} and handed back to it;
 * may be kept as long as a prepared statement lives. Thread-safe.
 */
public final class Query {
    private final SqlText text;
    private final LongAdder count = new LongAdder();
    private final LongAdder entries = new LongAdder();
    private final LongAdder executeNanos = new LongAdder();
    private final LongAdder fetchNanos = new LongAdder();
    private final LongAdder rows = new LongAdder();
    private final AtomicLong maxNanos = new AtomicLong();
    private final AtomicLong slow = new AtomicLong();
    private final Map<String, LongAdder> errors = new ConcurrentHashMap<>(4);
    private volatile boolean dropped;
    final Throttle log;
    final Throttle coolDown;
    /** A stack costs what some fifty statements cost. */
    final Budget stacks = new Budget(TimeUnit.SECONDS.toNanos(10), 200);

    Query(SqlText text, Throttle log, Throttle coolDown) {
        this.text = text;
        this.log = log;
        this.coolDown = coolDown;
    }

    /**
     * The text with its values folded away. Two queries that differ in a long list of columns alone end in a tag that
     * tells them apart.
     *
     * @return at most 2,000 characters
     */
    public String fingerprint() {
        return text.display();
    }

    SqlText text() {
        return text;
    }

    void executed(long nanos, int batchSize) {
        count.increment();
        entries.add(batchSize);
        executeNanos.add(nanos);
        took(nanos);
    }

    void failed(String state) {
        errors.computeIfAbsent(state, first -> new LongAdder()).increment();
    }

    void took(long nanos) {
        long max = maxNanos.get();
        while (nanos > max && !maxNanos.compareAndSet(max, nanos)) {
            max = maxNanos.get();
        }
    }

    void wasSlow() {
        slow.incrementAndGet();
    }

    void fetched(long number, long nanos) {
        rows.add(number);
        if (nanos > 0) {
            fetchNanos.add(nanos);
        }
    }

    long weight() {
        return executeNanos.sum() + fetchNanos.sum();
    }

    boolean isDropped() {
        return dropped;
    }

    void dropInto(Query other) {
        dropped = true;
        other.count.add(count.sum());
        other.entries.add(entries.sum());
        other.executeNanos.add(executeNanos.sum());
        other.fetchNanos.add(fetchNanos.sum());
        other.rows.add(rows.sum());
        other.slow.addAndGet(slow.get());
        other.took(maxNanos.get());
        errors.forEach((state, number) ->
                other.errors.computeIfAbsent(state, first -> new LongAdder()).add(number.sum()));
    }

    QueryStats snapshot() {
        Map<String, Long> byState = new HashMap<>();
        errors.forEach((state, number) -> byState.put(state, number.sum()));
        return new QueryStats(
                fingerprint(),
                count.sum(),
                entries.sum(),
                byState.values().stream().mapToLong(Long::longValue).sum(),
                byState,
                slow.get(),
                rows.sum(),
                Duration.ofNanos(executeNanos.sum()),
                Duration.ofNanos(fetchNanos.sum()),
                Duration.ofNanos(maxNanos.get()));
    }

    @Override
    public String toString() {
        return fingerprint();
    }
}

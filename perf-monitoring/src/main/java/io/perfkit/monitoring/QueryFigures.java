package io.perfkit.monitoring;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What has been seen of one query. Made at its first execution and let go when the query is dropped. */
final class QueryFigures {
    private final LongAdder count = new LongAdder();
    /** Of batches, those beyond one each. */
    private final LongAdder moreEntries = new LongAdder();

    private final LongAdder executeNanos = new LongAdder();
    private final LongAdder fetchNanos = new LongAdder();
    private final LongAdder rows = new LongAdder();
    private final AtomicLong maxNanos = new AtomicLong();
    private final AtomicLong slow = new AtomicLong();
    private final Map<String, LongAdder> errors = new ConcurrentHashMap<>(4);
    final Throttle log;
    final Throttle coolDown;
    /** A stack costs what some fifty statements cost. */
    final Budget stacks = new Budget(TimeUnit.SECONDS.toNanos(10), 200);

    QueryFigures(PerformanceMonitor monitor) {
        this.log = monitor.newLogThrottle();
        this.coolDown = monitor.alerts().newCoolDown();
    }

    void executed(long nanos, int batchSize) {
        count.increment();
        if (batchSize != 1) {
            moreEntries.add(batchSize - 1L);
        }
        executeNanos.add(nanos);
        took(nanos);
    }

    void failed(String state) {
        errors.computeIfAbsent(state, first -> new LongAdder()).increment();
    }

    void took(long nanos) {
        if (nanos > maxNanos.get()) {
            maxNanos.accumulateAndGet(nanos, Math::max);
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

    long nanos() {
        return executeNanos.sum() + fetchNanos.sum();
    }

    void add(QueryFigures that) {
        count.add(that.count.sum());
        moreEntries.add(that.moreEntries.sum());
        executeNanos.add(that.executeNanos.sum());
        fetchNanos.add(that.fetchNanos.sum());
        rows.add(that.rows.sum());
        slow.addAndGet(that.slow.get());
        took(that.maxNanos.get());
        that.errors.forEach((state, number) ->
                errors.computeIfAbsent(state, first -> new LongAdder()).add(number.sum()));
    }

    QueryStats snapshot(String fingerprint) {
        Map<String, Long> byState = new HashMap<>();
        errors.forEach((state, number) -> byState.put(state, number.sum()));
        return new QueryStats(
                fingerprint,
                count.sum(),
                count.sum() + moreEntries.sum(),
                byState.values().stream().mapToLong(Long::longValue).sum(),
                byState,
                slow.get(),
                rows.sum(),
                Duration.ofNanos(executeNanos.sum()),
                Duration.ofNanos(fetchNanos.sum()),
                Duration.ofNanos(maxNanos.get()));
    }
}

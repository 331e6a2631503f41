package io.perfkit.monitoring;

import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Number and time of what was fetched from a data source, added up here and read by the registry at each scrape: a timer of
 * its own would cost a query what its execution costs. One for each registry and name, since of two functions that are
 * registered under one name the second would not be read.
 */
final class FetchTotals {
    private static final Map<MeterRegistry, ConcurrentHashMap<String, FetchTotals>> BY_REGISTRY = new WeakHashMap<>();

    private final LongAdder number = new LongAdder();
    private final LongAdder nanos = new LongAdder();

    private FetchTotals() {}

    static FetchTotals of(MeterRegistry registry, String dataSource) {
        ConcurrentHashMap<String, FetchTotals> byName;
        synchronized (BY_REGISTRY) {
            byName = BY_REGISTRY.computeIfAbsent(registry, first -> new ConcurrentHashMap<>());
        }
        return byName.computeIfAbsent(dataSource, name -> registered(registry, name));
    }

    private static FetchTotals registered(MeterRegistry registry, String dataSource) {
        FetchTotals totals = new FetchTotals();
        FunctionTimer.builder(
                        "perfkit.queries.fetch",
                        totals,
                        each -> each.number.sum(),
                        each -> (double) each.nanos.sum(),
                        TimeUnit.NANOSECONDS)
                .description("Stepping through the results of queries")
                .tag("datasource", dataSource)
                .register(registry);
        return totals;
    }

    void add(long fetchNanos) {
        number.increment();
        nanos.add(fetchNanos);
    }
}

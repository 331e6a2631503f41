package io.perfkit.monitoring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The meters of one data source, each made at its first use. */
final class DataSourceMeters {
    private static final int MAXIMUM_DATA_SOURCES = 50;

    final String name;
    private final MeterRegistry registry;
    private final boolean standard;
    private final Timer succeeded;
    private final FetchTotals fetches;
    private volatile @Nullable Timer failed;
    private volatile @Nullable Timer acquired;
    private volatile @Nullable Timer refused;
    private volatile @Nullable Timer committed;
    private volatile @Nullable Timer rolledBack;
    private volatile @Nullable Timer standardOk;
    private final ConcurrentHashMap<String, Timer> standardFailed = new ConcurrentHashMap<>();
    final Throttle slowTransactions;
    final Throttle slowAcquires;

    private DataSourceMeters(String name, MeterRegistry registry, boolean standard, PerformanceMonitor monitor) {
        this.name = name;
        this.registry = registry;
        this.standard = standard;
        this.slowTransactions = monitor.newLogThrottle();
        this.slowAcquires = monitor.newLogThrottle();
        this.succeeded = timer("perfkit.queries", "Execution of queries", "SUCCESS");
        this.fetches = FetchTotals.of(registry, name);
    }

    /** By name, bounded. */
    static final class Table {
        private final ConcurrentHashMap<String, DataSourceMeters> byName = new ConcurrentHashMap<>();
        private final MeterRegistry registry;
        private final boolean standard;
        private final PerformanceMonitor monitor;

        Table(MeterRegistry registry, boolean standard, PerformanceMonitor monitor) {
            this.registry = registry;
            this.standard = standard;
            this.monitor = monitor;
        }

        DataSourceMeters of(String name) {
            DataSourceMeters present = byName.get(name);
            return present != null ? present : admit(name);
        }

        private DataSourceMeters admit(String name) {
            String bounded = byName.size() < MAXIMUM_DATA_SOURCES ? name : TimingTable.OTHER;
            return byName.computeIfAbsent(bounded, first -> new DataSourceMeters(first, registry, standard, monitor));
        }
    }

    private Timer timer(String meter, String description, String outcome) {
        return Timer.builder(meter)
                .description(description)
                .tag("datasource", name)
                .tag("outcome", outcome)
                .serviceLevelObjectives(Timing.objectives())
                .register(registry);
    }

    void executed(long nanos, @Nullable String state) {
        if (state == null) {
            succeeded.record(nanos, TimeUnit.NANOSECONDS);
        } else {
            Timer timer = failed;
            if (timer == null) {
                timer = timer("perfkit.queries", "Execution of queries", "ERROR");
                failed = timer;
            }
            timer.record(nanos, TimeUnit.NANOSECONDS);
        }
        if (standard) {
            standard(nanos, state);
        }
    }

    /** As datasource-micrometer tags it, of what is known here. */
    private void standard(long nanos, @Nullable String state) {
        if (state != null) {
            standardFailed.computeIfAbsent(state, this::standardTimer).record(nanos, TimeUnit.NANOSECONDS);
            return;
        }
        Timer timer = standardOk;
        if (timer == null) {
            timer = standardTimer("none");
            standardOk = timer;
        }
        timer.record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer standardTimer(String error) {
        return Timer.builder("jdbc.query")
                .tag("jdbc.datasource.name", name)
                .tag("error", error)
                .register(registry);
    }

    void fetched(long nanos) {
        fetches.add(nanos);
    }

    void acquired(long nanos, boolean error) {
        Timer timer = error ? refused : acquired;
        if (timer == null) {
            timer = timer("perfkit.connections.acquire", "Waiting for a connection", error ? "ERROR" : "SUCCESS");
            if (error) {
                refused = timer;
            } else {
                acquired = timer;
            }
        }
        timer.record(nanos, TimeUnit.NANOSECONDS);
    }

    void transactionEnded(long nanos, boolean commit, boolean error) {
        if (error) {
            timer("perfkit.transactions", "Ends of transactions", "ERROR").record(nanos, TimeUnit.NANOSECONDS);
            return;
        }
        Timer timer = commit ? committed : rolledBack;
        if (timer == null) {
            timer = timer("perfkit.transactions", "Ends of transactions", commit ? "COMMIT" : "ROLLBACK");
            if (commit) {
                committed = timer;
            } else {
                rolledBack = timer;
            }
        }
        timer.record(nanos, TimeUnit.NANOSECONDS);
    }
}

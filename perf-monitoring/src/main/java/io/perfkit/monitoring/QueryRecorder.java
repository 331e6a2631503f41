package io.perfkit.monitoring;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where executed queries are reported: by {@code MonitoredDataSource}, and by an application whose client is not JDBC.
 *
 * <p>Reporting costs a look-up of the text (cached, bounded), a handful of counters and the request scope, no
 * allocation. Thread-safe.
 *
 * <pre>{@code
 * QueryRecorder recorder = monitor.queryRecorder();
 * Query query = recorder.query("MATCH (n) RETURN n");
 * long start = recorder.nanoTime();
 * …
 * recorder.executed(query, start, false);
 * }</pre>
 */
public final class QueryRecorder {
    private static final Logger LOGGER = LoggerFactory.getLogger("io.perfkit.monitoring.slow");
    private static final long CACHED_CHARACTERS = 4_000_000;
    private static final int LOGGED_CHARACTERS = 100;

    private final PerformanceMonitor monitor;
    private final long slowNanos;
    private final long alertNanos;
    private final int maximumQueries;
    private final Timer succeeded;
    private final Timer failed;
    private final Counter slow;
    private final Counter folded;
    private final Counter rowsFetched;
    private final Counter rowsAffected;
    private final GenerationalCache<Query> byText;
    private final ConcurrentHashMap<String, Query> byFingerprint = new ConcurrentHashMap<>();
    private final Query other;

    QueryRecorder(PerformanceMonitor monitor, PerformanceMonitor.Builder settings, MeterRegistry registry) {
        this.monitor = monitor;
        this.slowNanos = settings.slowQuery.toNanos();
        this.alertNanos = settings.thresholds.queryTime().toNanos();
        this.maximumQueries = settings.maximumQueries;
        this.byText = new GenerationalCache<>(settings.maximumSqlTexts, CACHED_CHARACTERS, this::admit);
        this.other = newQuery(TimingTable.OTHER);
        this.succeeded = timer("SUCCESS", registry);
        this.failed = timer("ERROR", registry);
        this.slow = Counter.builder("perfkit.jdbc.slow")
                .description("Queries at or above the slow query time")
                .register(registry);
        this.folded = Counter.builder("perfkit.queries.folded")
                .description("SQL texts folded into _other because the cap on fingerprints was reached")
                .register(registry);
        this.rowsFetched = Counter.builder("perfkit.jdbc.rows.fetched").register(registry);
        this.rowsAffected = Counter.builder("perfkit.jdbc.rows.affected").register(registry);
    }

    private static Timer timer(String outcome, MeterRegistry registry) {
        return Timer.builder("jdbc.query")
                .description("Execution of queries")
                .tag("outcome", outcome)
                .register(registry);
    }

    /**
     * The query that a text belongs to. Constant time for a text in the cache, linear in its length (some microseconds)
     * else.
     *
     * @param sql the text as it goes to the database
     * @return the query
     */
    public Query query(String sql) {
        return byText.get(sql);
    }

    /**
     * The clock to measure with.
     *
     * @return nanoseconds from an arbitrary origin
     */
    public long nanoTime() {
        return monitor.nanoTime();
    }

    /**
     * Reports one execution that ends now, on the calling thread, whose request scope counts it.
     *
     * @param query what was executed
     * @param startNanos {@link #nanoTime} when it began
     * @param error whether it threw
     */
    public void executed(Query query, long startNanos, boolean error) {
        long now = monitor.nanoTime();
        long elapsed = now - startNanos;
        (error ? failed : succeeded).record(elapsed, TimeUnit.NANOSECONDS);
        query.executed(elapsed, error);
        RequestScope scope = RequestScope.current();
        if (scope != null) {
            scope.queryExecuted(elapsed);
        }
        if (elapsed >= slowNanos || elapsed >= alertNanos) {
            slow(query, elapsed, now);
        }
    }

    /**
     * Reports rows read from a result.
     *
     * @param query what produced them
     * @param rows how many, beyond those already reported
     */
    public void fetched(Query query, long rows) {
        query.fetched(rows);
        rowsFetched.increment((double) rows);
        RequestScope scope = RequestScope.current();
        if (scope != null) {
            scope.fetched(rows);
        }
    }

    /**
     * Reports rows that a statement changed.
     *
     * @param rows how many
     */
    public void affected(long rows) {
        rowsAffected.increment((double) rows);
        RequestScope scope = RequestScope.current();
        if (scope != null) {
            scope.affected(rows);
        }
    }

    List<QueryStats> snapshots() {
        return byFingerprint.values().stream()
                .map(Query::snapshot)
                .filter(snapshot -> snapshot.count() > 0)
                .sorted(Comparator.comparing(QueryStats::totalTime).reversed().thenComparing(QueryStats::fingerprint))
                .toList();
    }

    int cachedTexts() {
        return byText.size();
    }

    private Query admit(String sql) {
        String fingerprint = SqlFingerprint.of(sql);
        Query present = byFingerprint.get(fingerprint);
        if (present != null) {
            return present;
        }
        synchronized (byFingerprint) {
            if (byFingerprint.size() < maximumQueries) {
                return byFingerprint.computeIfAbsent(fingerprint, this::newQuery);
            }
        }
        folded.increment();
        byFingerprint.putIfAbsent(TimingTable.OTHER, other);
        return other;
    }

    private Query newQuery(String fingerprint) {
        return new Query(fingerprint, monitor.newLogThrottle(), monitor.alerts().newCoolDown());
    }

    private void slow(Query query, long elapsedNanos, long now) {
        if (elapsedNanos >= slowNanos) {
            query.wasSlow();
            slow.increment();
            long suppressed = query.log.tryPass(now);
            if (suppressed >= 0 && LOGGER.isWarnEnabled()) {
                LOGGER.warn(
                        "Slow query took {} ms ({} more since the last line): {}",
                        TimeUnit.NANOSECONDS.toMillis(elapsedNanos),
                        suppressed,
                        shortened(query));
            }
        }
        if (elapsedNanos >= alertNanos) {
            monitor.alerts().raise(query.coolDown, now, () -> alert(query, elapsedNanos));
        }
    }

    private Alert alert(Query query, long elapsedNanos) {
        String message = String.format(
                Locale.ROOT,
                "Query took %d ms, the threshold queryTime is %d ms: %s",
                TimeUnit.NANOSECONDS.toMillis(elapsedNanos),
                Duration.ofNanos(alertNanos).toMillis(),
                shortened(query));
        return new Alert(Alert.Kind.SLOW_QUERY, query.fingerprint(), elapsedNanos, alertNanos, message);
    }

    private static String shortened(Query query) {
        String text = query.fingerprint();
        return text.length() <= LOGGED_CHARACTERS ? text : text.substring(0, LOGGED_CHARACTERS - 1) + "…";
    }
}

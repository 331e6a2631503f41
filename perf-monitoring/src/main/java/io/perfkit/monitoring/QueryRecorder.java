package io.perfkit.monitoring;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where executed queries are reported: by {@code MonitoredDataSource}, and by an application whose client is not JDBC.
 *
 * <p>A statement has five figures, which scopes, queries and endpoints keep apart: waiting for a connection, executing,
 * fetching, ending the transaction, and rows. Whatever is begun is listed by {@link #inFlight} until it ends. What begins
 * on a thread within another of the same recorder is not counted again: a data source that is wrapped twice counts a
 * statement once.
 *
 * <p>Reporting costs a look-up of the text (cached, bounded), a handful of counters and the request scope. Thread-safe.
 *
 * <pre>{@code
 * QueryRecorder recorder = monitor.queryRecorder();
 * Query query = recorder.query("MATCH (n) RETURN n");
 * Execution execution = recorder.begin(query, "graph");
 * long rows = 0;
 * Throwable failure = null;
 * try {
 *     rows = …
 * } catch (RuntimeException e) {
 *     failure = e;
 *     throw e;
 * } finally {
 *     recorder.end(execution, rows, failure);
 * }
 * }</pre>
 */
public final class QueryRecorder {
    /** The name of a data source that was given none. */
    public static final String DEFAULT_DATA_SOURCE = "default";

    private static final long CACHED_CHARACTERS = 4_000_000;

    private final PerformanceMonitor monitor;
    private final EnumMap<SqlDialect, GenerationalCache<Query>> byText = new EnumMap<>(SqlDialect.class);
    private final QueryTable table;
    private final DataSourceMeters.Table dataSources;
    private final SlowQueries slowQueries;
    private final InFlight inFlight = new InFlight();
    private final Counter rowsFetched;
    private final Counter rowsAffected;
    private final Query acquire;
    private final Query commit;
    private final Query rollback;

    QueryRecorder(PerformanceMonitor monitor, PerformanceMonitor.Builder settings, MeterRegistry registry) {
        this.monitor = monitor;
        this.table = new QueryTable(settings.maximumQueries, this::newQuery, registry);
        for (SqlDialect dialect : SqlDialect.values()) {
            byText.put(
                    dialect,
                    new GenerationalCache<>(
                            settings.maximumSqlTexts,
                            CACHED_CHARACTERS,
                            text -> table.admit(SqlFingerprint.of(text, dialect))));
        }
        this.dataSources = new DataSourceMeters.Table(registry, settings.standardMeters, monitor);
        this.slowQueries = new SlowQueries(settings, monitor, registry);
        this.acquire = special("acquire");
        this.commit = special("commit");
        this.rollback = special("rollback");
        dataSources.of(DEFAULT_DATA_SOURCE);
        this.rowsFetched = Counter.builder("perfkit.jdbc.rows.fetched").register(registry);
        this.rowsAffected = Counter.builder("perfkit.jdbc.rows.affected").register(registry);
    }

    private Query special(String name) {
        return newQuery(new SqlText(SqlText.Identity.of(name), name, SqlText.Shape.OTHER));
    }

    private Query newQuery(SqlText text) {
        return new Query(text, monitor);
    }

    /**
     * The query that a text of an unknown dialect belongs to. Constant time for a text in the cache, linear in its length
     * (some microseconds) else.
     *
     * @param sql the text as it goes to the database
     * @return the query
     */
    public Query query(String sql) {
        return query(sql, SqlDialect.UNKNOWN);
    }

    /**
     * The query that a text belongs to. A comment at its end or its beginning, as tracing tools write one, makes it no new
     * text.
     *
     * @param sql the text as it goes to the database
     * @param dialect what decides where its literals end
     * @return the query
     */
    public Query query(String sql, SqlDialect dialect) {
        return table.live(texts(dialect).get(TraceComments.without(sql)));
    }

    private GenerationalCache<Query> texts(SqlDialect dialect) {
        return Objects.requireNonNull(byText.get(dialect), "dialect");
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
     * Says that a query begins on this thread and is going to end on it. What begins within it is part of it.
     *
     * @param query what is executed
     * @param dataSource the name of the data source, from a bounded set
     * @return what to hand to {@link #end}
     */
    public Execution begin(Query query, String dataSource) {
        return begin(query, dataSource, 1);
    }

    /**
     * Says that a batch begins on this thread and is going to end on it.
     *
     * @param query what is executed; the first of several
     * @param dataSource the name of the data source, from a bounded set
     * @param batchSize how many entries it has
     * @return what to hand to {@link #end}
     */
    public Execution begin(Query query, String dataSource, int batchSize) {
        return here(Execution.Kind.QUERY, query, dataSource, batchSize);
    }

    /**
     * Says that a query begins that may end on another thread. It belongs to the scope of this one.
     *
     * @param query what is executed
     * @param dataSource the name of the data source, from a bounded set
     * @param batchSize how many entries it has; 1 for what is no batch
     * @return what to hand to {@link #end}
     */
    public Execution beginAsync(Query query, String dataSource, int batchSize) {
        Execution execution =
                new Execution(this, Execution.Kind.QUERY, query, dataSource, batchSize, RequestScope.current(), false);
        observe(execution);
        inFlight.enterAnywhere(execution);
        return execution;
    }

    /**
     * Says that this thread begins to wait for a connection.
     *
     * @param dataSource the name of the data source, from a bounded set
     * @return what to hand to {@link #end}
     */
    public Execution beginAcquire(String dataSource) {
        return here(Execution.Kind.ACQUIRE, acquire, dataSource, 1);
    }

    /**
     * Says that this thread begins to end a transaction.
     *
     * @param dataSource the name of the data source, from a bounded set
     * @param commits whether by a commit, and not by a rollback
     * @return what to hand to {@link #end}
     */
    public Execution beginTransactionEnd(String dataSource, boolean commits) {
        Execution.Kind kind = commits ? Execution.Kind.COMMIT : Execution.Kind.ROLLBACK;
        return here(kind, commits ? commit : rollback, dataSource, 1);
    }

    private Execution here(Execution.Kind kind, Query query, String dataSource, int batchSize) {
        ThreadState state = ThreadState.current();
        boolean inner = state.outer != null && state.isWithinOneOf(this, false);
        Execution execution = new Execution(this, kind, query, dataSource, batchSize, RequestScope.current(), inner);
        if (!inner) {
            observe(execution);
            state.entered(execution);
            inFlight.enter(execution);
        }
        return execution;
    }

    private void observe(Execution execution) {
        Observer observer = monitor.observer();
        if (observer != null && execution.kind == Execution.Kind.QUERY) {
            execution.observation = observer.query(execution.query, execution.dataSource);
        }
    }

    /**
     * Says that it ended, now. The first call counts.
     *
     * @param execution what began
     * @param rows the rows that came back and are counted by nobody else; 0 where that is not known
     * @param failure what it threw, or null
     */
    public void end(Execution execution, long rows, @Nullable Throwable failure) {
        long now = monitor.nanoTime();
        long elapsed = now - execution.startNanos;
        if (!execution.endedAfter(elapsed)) {
            return;
        }
        inFlight.leave(execution);
        if (execution.inner) {
            return;
        }
        Observer.ended(execution, Timing.Outcome.of(failure != null), failure);
        ThreadState state = ThreadState.current();
        state.left(execution);
        state.counted++;
        DataSourceMeters meters = dataSources.of(execution.dataSource);
        RequestScope scope = execution.scope;
        switch (execution.kind) {
            case QUERY -> queryEnded(execution, meters, failure, now);
            case ACQUIRE -> meters.acquired(elapsed, failure != null);
            default -> meters.transactionEnded(elapsed, execution.kind == Execution.Kind.COMMIT, failure != null);
        }
        if (scope != null) {
            scope.ended(execution, failure != null, monitor);
        }
        if (execution.kind != Execution.Kind.QUERY) {
            slowQueries.waited(execution, meters, now);
        }
        if (rows > 0) {
            fetched(execution, rows, 0);
        }
    }

    private void queryEnded(Execution execution, DataSourceMeters meters, @Nullable Throwable failure, long now) {
        String state = failure == null ? null : stateOf(failure);
        long elapsed = execution.executeNanos();
        meters.executed(elapsed, state);
        Query query = table.live(execution.query);
        query.figures().executed(elapsed, execution.batchSize);
        if (state != null) {
            query.figures().failed(state);
        }
        if (slowQueries.tellsOf(elapsed)) {
            slowQueries.took(execution, query, elapsed, now);
        }
    }

    /** The class of the SQL state: two letters or digits, so that there are not many. */
    private static String stateOf(Throwable failure) {
        if (failure instanceof SQLException sql
                && sql.getSQLState() != null
                && sql.getSQLState().length() >= 2) {
            String state = sql.getSQLState().substring(0, 2);
            if (state.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'))) {
                return state;
            }
        }
        return "none";
    }

    /**
     * Takes back what was begun, because somebody else counts it.
     *
     * @param execution what began
     */
    public void discard(Execution execution) {
        if (execution.endedAfter(0)) {
            inFlight.leave(execution);
            Observer.ended(execution, Timing.Outcome.SUCCESS, null);
            ThreadState.current().left(execution);
        }
    }

    /**
     * How many executions have been counted on this thread. A client that sits on another can compare it before and
     * after, to see whether that one is measured already.
     *
     * @return the number since the thread began
     */
    public long countedOnThisThread() {
        return ThreadState.current().counted;
    }

    /**
     * Reports one execution that was timed elsewhere and ended now, on the calling thread, whose request scope counts it.
     *
     * @param query what was executed
     * @param startNanos {@link #nanoTime} when it began
     * @param error whether it threw
     */
    public void executed(Query query, long startNanos, boolean error) {
        Execution execution =
                new Execution(this, Execution.Kind.QUERY, query, DEFAULT_DATA_SOURCE, 1, RequestScope.current(), false);
        long now = monitor.nanoTime();
        execution.endedAfter(now - startNanos);
        ThreadState.current().counted++;
        DataSourceMeters meters = dataSources.of(DEFAULT_DATA_SOURCE);
        queryEnded(execution, meters, error ? new IllegalStateException() : null, now);
        RequestScope scope = execution.scope;
        if (scope != null) {
            scope.ended(execution, error, monitor);
        }
    }

    /**
     * Reports rows read from a result, and what it took to step to them.
     *
     * @param execution what produced them
     * @param rows how many, beyond those already reported
     * @param nanos how long it took, beyond what is already reported
     */
    public void fetched(Execution execution, long rows, long nanos) {
        if (execution.inner || (rows <= 0 && nanos <= 0)) {
            return;
        }
        execution.fetched(rows, nanos);
        Query query = table.live(execution.query);
        query.figures().fetched(rows, nanos);
        if (rows > 0) {
            rowsFetched.increment((double) rows);
        }
        if (nanos > 0) {
            dataSources.of(execution.dataSource).fetched(nanos);
        }
        RequestScope scope = execution.scope;
        if (scope != null) {
            scope.fetched(execution, rows, nanos, monitor);
        }
        if (nanos > 0) {
            long total = execution.totalNanos();
            query.figures().took(total);
            if (slowQueries.tellsOf(total)) {
                slowQueries.took(execution, query, total, monitor.nanoTime());
            }
        }
    }

    /**
     * Reports rows that a statement changed.
     *
     * @param execution what changed them
     * @param rows how many
     */
    public void affected(Execution execution, long rows) {
        if (execution.inner) {
            return;
        }
        rowsAffected.increment((double) rows);
        RequestScope scope = execution.scope;
        if (scope != null) {
            scope.affected(rows, monitor);
        }
    }

    /**
     * What databases have not answered yet, the longest first.
     *
     * @return queries, waits for connections and ends of transactions
     */
    public List<InFlightQuery> inFlight() {
        long now = nanoTime();
        return inFlight.list().stream()
                .map(each -> new InFlightQuery(
                        each.query.fingerprint(),
                        each.dataSource,
                        each.scope == null ? "" : each.scope.name(),
                        each.thread.getName(),
                        each.elapsed(now)))
                .sorted(Comparator.comparing(InFlightQuery::elapsed).reversed())
                .toList();
    }

    /** Tells of what has been under way for too long, once each. */
    void sweep() {
        long now = nanoTime();
        for (Execution execution : inFlight.list()) {
            slowQueries.stillRunning(execution, now);
        }
    }

    List<QueryStats> snapshots() {
        return table.snapshots();
    }

    int cachedTexts() {
        return byText.values().stream().mapToInt(GenerationalCache::size).sum();
    }
}

package io.perfkit.monitoring.jooq;

import io.perfkit.monitoring.Execution;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.QueryRecorder;
import io.perfkit.monitoring.SqlDialect;
import java.util.Objects;
import org.jooq.ExecuteContext;
import org.jooq.ExecuteListener;
import org.jspecify.annotations.Nullable;

/**
 * A listener that reports the queries of jOOQ, for an application that does not hand its data source to jOOQ, or not one
 * that it can wrap.
 *
 * <p>Where the data source is a {@code MonitoredDataSource} of the same monitor, that one counts, as it sees more: the wait
 * for the connection, each step of a result and the end of the transaction. This listener then counts nothing, so both may
 * be there. By itself it knows the time of executing, the time that jOOQ takes to fetch a result with making its records,
 * and the rows; {@code fetchLazy} included. Of a batch with bound values jOOQ does not tell the size, so it is 1.
 *
 * <p>Thread-safe; one serves any number of configurations.
 *
 * <pre>{@code
 * configuration.set(JooqMonitor.of("main", monitor));
 * }</pre>
 */
public final class JooqMonitor implements ExecuteListener {
    private static final long serialVersionUID = 1L;
    private static final String KEY = JooqMonitor.class.getName();

    private final transient QueryRecorder recorder;
    private final String dataSource;

    private JooqMonitor(String dataSource, QueryRecorder recorder) {
        this.dataSource = dataSource;
        this.recorder = recorder;
    }

    /**
     * Makes a listener.
     *
     * @param dataSource what to call the data source in meters and logs; one of at most 50
     * @param monitor where to report
     * @return the listener, for {@code Configuration.set} or {@code deriveAppending}
     */
    public static JooqMonitor of(String dataSource, PerformanceMonitor monitor) {
        return new JooqMonitor(Objects.requireNonNull(dataSource, "dataSource"), monitor.queryRecorder());
    }

    /** One query on its way. */
    private static final class State {
        final Execution execution;
        final long countedBefore;
        boolean ended;
        boolean counts;
        long rows;
        long resultStart;

        State(Execution execution, long countedBefore) {
            this.execution = execution;
            this.countedBefore = countedBefore;
        }
    }

    private static String key(JooqMonitor self) {
        return KEY + '@' + System.identityHashCode(self);
    }

    private @Nullable State state(ExecuteContext context) {
        return context.data(key(this)) instanceof State state ? state : null;
    }

    @Override
    public void executeStart(ExecuteContext context) {
        String[] texts = context.batchSQL();
        String sql = context.sql();
        if (sql == null) {
            sql = texts.length == 0 ? "" : texts[0];
        }
        int size = Math.max(1, texts.length);
        Execution execution = recorder.beginAsync(recorder.query(sql, dialect(context)), dataSource, size);
        context.data(key(this), new State(execution, recorder.countedOnThisThread()));
    }

    private static SqlDialect dialect(ExecuteContext context) {
        return switch (context.family().name()) {
            case "POSTGRES", "YUGABYTEDB" -> SqlDialect.POSTGRESQL;
            case "MYSQL", "MARIADB" -> SqlDialect.MYSQL;
            case "SQLITE" -> SqlDialect.SQLITE;
            case "H2" -> SqlDialect.H2;
            case "ORACLE" -> SqlDialect.ORACLE;
            case "SQLSERVER" -> SqlDialect.SQL_SERVER;
            default -> SqlDialect.UNKNOWN;
        };
    }

    @Override
    public void executeEnd(ExecuteContext context) {
        ended(context, null);
    }

    @Override
    public void exception(ExecuteContext context) {
        Throwable thrown = context.sqlException();
        ended(context, thrown != null ? thrown : context.exception());
    }

    private void ended(ExecuteContext context, @Nullable Throwable failure) {
        State state = state(context);
        if (state == null || state.ended) {
            return;
        }
        state.ended = true;
        if (recorder.countedOnThisThread() != state.countedBefore) {
            recorder.discard(state.execution); // by the data source beneath
        } else {
            state.counts = true;
            recorder.end(state.execution, 0, failure);
        }
    }

    @Override
    public void resultStart(ExecuteContext context) {
        State state = state(context);
        if (state != null) {
            state.resultStart = recorder.nanoTime();
        }
    }

    @Override
    public void recordEnd(ExecuteContext context) {
        State state = state(context);
        if (state != null) {
            state.rows++;
        }
    }

    @Override
    public void resultEnd(ExecuteContext context) {
        State state = state(context);
        if (state != null) {
            fetched(state, recorder.nanoTime() - state.resultStart);
        }
    }

    @Override
    public void end(ExecuteContext context) {
        State state = state(context);
        if (state != null) {
            ended(context, null);
            fetched(state, 0);
        }
    }

    private void fetched(State state, long nanos) {
        long rows = state.rows;
        state.rows = 0;
        if (state.counts) {
            recorder.fetched(state.execution, rows, nanos);
        }
    }
}

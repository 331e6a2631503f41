package io.perfkit.monitoring.jdbc;

import io.perfkit.monitoring.Execution;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A result set that counts the rows its caller has reached, each once however often he passes it, and times the steps.
 * Both are handed on in one piece: when the rows are exhausted, when the result set, its statement or its connection is
 * closed, or when another result set of the connection is read.
 */
final class MonitoredResultSet extends ResultSetStreamUpdates {
    private static final long UNKNOWN = -1;

    private final MonitoredConnection connection;
    private final @Nullable Execution execution;
    private final @Nullable FetchClock clock;
    private @Nullable Statement statement;
    private long position;
    private long furthest;
    private long uncounted;
    private boolean exhausted;

    /**
     * A result set.
     *
     * @param statement what gave it; null where that has to be found out when somebody asks
     * @param execution what is to count its rows; null for none
     */
    MonitoredResultSet(
            ResultSet delegate,
            MonitoredConnection connection,
            @Nullable Statement statement,
            @Nullable Execution execution,
            int fetchSize) {
        super(delegate);
        this.connection = connection;
        this.statement = statement;
        this.execution = execution;
        this.clock = execution == null ? null : new FetchClock(connection.source().ticker, fetchSize);
    }

    boolean isFor(ResultSet other) {
        return delegate == other;
    }

    /** Hands on what has been read and not been handed on. */
    void settle() {
        FetchClock timer = clock;
        Execution counted = execution;
        if (timer == null || counted == null) {
            return;
        }
        long rows = uncounted;
        long nanos = timer.take();
        uncounted = 0;
        connection.settled(this);
        if (rows > 0 || nanos > 0) {
            connection.source().recorder.fetched(counted, rows, nanos);
        }
    }

    /** What closing takes where rows are left over: some drivers read them all. */
    void closing(Closing action) throws SQLException {
        FetchClock timer = clock;
        if (timer == null || exhausted) {
            action.close();
            return;
        }
        long start = connection.source().recorder.nanoTime();
        try {
            action.close();
        } finally {
            exhausted = true;
            timer.add(connection.source().recorder.nanoTime() - start);
            settle();
        }
    }

    /** A call that closes something. */
    interface Closing {
        void close() throws SQLException;
    }

    @Override
    public boolean next() throws SQLException {
        FetchClock timer = clock;
        if (timer == null) {
            return delegate.next();
        }
        long begun = timer.begin(position);
        boolean row = delegate.next();
        timer.end(begun);
        if (row) {
            if (position != UNKNOWN) {
                reached(position + 1);
            }
            return true;
        }
        exhausted = true;
        position = UNKNOWN;
        settle();
        return false;
    }

    private void reached(long row) {
        position = row;
        if (row > furthest) {
            if (uncounted == 0) {
                connection.reading(this);
            }
            uncounted += row - furthest;
            furthest = row;
        }
    }

    /** After a move whose end only the driver knows; it does not ask the server. */
    private boolean moved(long begun, boolean onRow) {
        FetchClock timer = clock;
        if (timer != null) {
            timer.end(begun);
            position = UNKNOWN;
            if (onRow) {
                try {
                    reached(delegate.getRow());
                } catch (SQLException unknown) {
                    position = UNKNOWN;
                }
            }
        }
        return onRow;
    }

    private long begin() {
        FetchClock timer = clock;
        return timer == null ? FetchClock.UNTIMED : timer.begin(0);
    }

    @Override
    public void beforeFirst() throws SQLException {
        delegate.beforeFirst();
        position = 0;
    }

    @Override
    public void afterLast() throws SQLException {
        long begun = begin();
        delegate.afterLast();
        moved(begun, false);
    }

    @Override
    public boolean first() throws SQLException {
        long begun = begin();
        return moved(begun, delegate.first());
    }

    @Override
    public boolean last() throws SQLException {
        long begun = begin();
        return moved(begun, delegate.last());
    }

    @Override
    public boolean absolute(int row) throws SQLException {
        long begun = begin();
        return moved(begun, delegate.absolute(row));
    }

    @Override
    public boolean relative(int rows) throws SQLException {
        long begun = begin();
        return moved(begun, delegate.relative(rows));
    }

    @Override
    public boolean previous() throws SQLException {
        long begun = begin();
        return moved(begun, delegate.previous());
    }

    @Override
    public void close() throws SQLException {
        settle();
        closing(delegate::close);
    }

    @Override
    @SuppressWarnings("NullAway") // a driver may have none
    public Statement getStatement() throws SQLException {
        Statement known = statement;
        if (known == null) {
            Statement behind = delegate.getStatement();
            known = behind == null ? null : new MonitoredStatement<>(behind, connection);
            statement = known;
        }
        return known;
    }

    @Override
    @Nullable
    Object wrapped(@Nullable Object value) {
        return value instanceof ResultSet cursor && !(value instanceof MonitoredResultSet)
                ? new MonitoredResultSet(cursor, connection, null, execution, 0)
                : value;
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return Wrappers.unwrap(this, delegate, type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return Wrappers.isWrapperFor(this, delegate, type);
    }
}

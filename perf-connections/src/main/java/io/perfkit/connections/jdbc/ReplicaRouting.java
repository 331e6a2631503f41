package io.perfkit.connections.jdbc;

import io.perfkit.connections.Owner;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A {@link DataSource} that sends read-only transactions to replicas and all others to the primary.
 *
 * <p><b>When.</b> A connection decides at its first statement, since frameworks call {@code setReadOnly} only after
 * {@code getConnection}: it is for a replica if it is read-only by then. No connection is taken from a pool before. One that
 * went to a replica decides anew when it stops being read-only.
 *
 * <p><b>Own writes.</b> A caller that has written reads from the primary until a replica has what it wrote, as PostgreSQL
 * tells by the position in its log; of a database that does not tell, for {@code readYourWrites}. Every connection that was
 * not read-only counts as having written, from its first statement until it is returned and after. Who the caller is, is said by
 * {@code caller}; without it, it is the thread.
 *
 * <p><b>Replicas that fail or lag.</b> A replica that cannot be reached is not asked for a while, longer after each failure
 * and with a random part. One that is behind for longer than {@code maximumLag} is passed over; that is asked at most once
 * a second, on a connection that is needed anyway. Where no replica can serve, the primary does, and is counted.
 *
 * <p><b>Promotion.</b> When the primary cannot be reached, or has become read-only, the other servers are asked, at most once
 * a second and all at once, on threads of their own; one that takes writes is the primary from then on. A caller waits for
 * their answers for a second at most, so that one that hangs holds up nobody.
 *
 * <p>Give it pools, such as {@link BoundedDataSource}, one for each server; they stay the caller's to close. Safe for use by any
 * number of threads.
 */
public final class ReplicaRouting implements DataSource {
    private static final org.slf4j.Logger LOGGER = LoggerFactory.getLogger(ReplicaRouting.class);

    private final List<ReplicaNode> nodes;
    private final @Nullable Owner caller;
    private final double maximumLagSeconds;
    private final LongSupplier nanoTime;
    private final RecentWrites writes;
    private final AtomicInteger turn = new AtomicInteger();
    private final LongAdder toReplicas = new LongAdder();
    private final LongAdder toPrimary = new LongAdder();
    private final LongAdder ownWrites = new LongAdder();
    private final LongAdder fallbacks = new LongAdder();
    private final LongAdder promotions = new LongAdder();

    private volatile ReplicaNode primary;
    private final PrimarySearch search;

    private ReplicaRouting(Builder b) {
        nodes = new ArrayList<>();
        nodes.add(new ReplicaNode(b.primary, "primary"));
        for (int i = 0; i < b.replicas.length; i++) {
            nodes.add(new ReplicaNode(b.replicas[i], "replica " + (i + 1)));
        }
        primary = nodes.get(0);
        caller = b.caller;
        maximumLagSeconds = b.maximumLagNanos == 0 ? Double.POSITIVE_INFINITY : b.maximumLagNanos / 1e9;
        nanoTime = b.ticker;
        search = new PrimarySearch(nodes, nanoTime, this::promote);
        writes = new RecentWrites(b.windowNanos);
    }

    /**
     * Starts the configuration.
     *
     * @param primary connections to the server that takes writes
     * @return a builder with defaults
     */
    public static Builder primary(DataSource primary) {
        return builder(primary);
    }

    /**
     * As {@link #primary}, by the name that all types of this library have.
     *
     * @param primary connections to the server that takes writes
     * @return a builder with defaults
     */
    public static Builder builder(DataSource primary) {
        return new Builder(Objects.requireNonNull(primary, "primary"));
    }

    /** Opens nothing yet: the connection decides at its first statement where it goes. */
    @Override
    public Connection getConnection() {
        Owner own = caller;
        String who = own == null ? null : own.current();
        return new RoutedConnection(
                this, who == null ? "thread " + Thread.currentThread().getId() : who);
    }

    /** A connection for a transaction that begins now. */
    Routed route(String who, boolean readOnly) throws SQLException {
        if (!readOnly) {
            toPrimary.increment();
            return toPrimary();
        }
        long now = nanoTime.getAsLong();
        RecentWrites.Write write = writes.of(who, now);
        if (write != null && write.position == null) {
            rememberPosition(write);
        }
        String position = write == null ? null : write.position;
        if (write != null && position == null && !writes.isWithinWindow(write, now)) {
            writes.arrived(who, write);
            write = null;
        }
        boolean mustSeeOwn = write != null;
        if (!mustSeeOwn || position != null) {
            Routed routed = toReplica(now, position);
            if (routed != null) {
                if (write != null) {
                    writes.arrived(who, write);
                }
                toReplicas.increment();
                return routed;
            }
        }
        (mustSeeOwn ? ownWrites : fallbacks).increment();
        return toPrimary();
    }

    /** Where a connection went. */
    record Routed(Connection connection, ReplicaNode node, boolean toReplica) {}

    private void rememberPosition(RecentWrites.Write write) {
        try (Connection connection = primary.dataSource.getConnection()) {
            write.position = ReplicaNode.position(connection);
        } catch (SQLException | RuntimeException e) {
            LOGGER.debug("The primary did not tell its position.", e);
        }
    }

    private @Nullable Routed toReplica(long now, @Nullable String position) {
        ReplicaNode present = primary;
        List<ReplicaNode> others =
                nodes.stream().filter(node -> node != present).toList();
        int first = others.isEmpty() ? 0 : Math.floorMod(turn.getAndIncrement(), others.size());
        for (int i = 0; i < others.size(); i++) {
            ReplicaNode node = others.get((first + i) % others.size());
            if (node.isClosedBreaker(now)) {
                Connection connection = usable(node, now, position);
                if (connection != null) {
                    return new Routed(connection, node, true);
                }
            }
        }
        return null;
    }

    private @Nullable Connection usable(ReplicaNode node, long now, @Nullable String position) {
        Connection connection = null;
        boolean usable = false;
        try {
            connection = node.dataSource.getConnection();
            if (node.isStale(now)) {
                node.look(connection, now);
            }
            usable = node.lagSeconds() <= maximumLagSeconds
                    && (position == null || ReplicaNode.hasReplayed(connection, position));
            node.succeeded();
        } catch (SQLException | RuntimeException e) {
            node.failed(now);
            LOGGER.debug("{} failed and is not asked for a while.", node, e);
        } finally {
            if (!usable && connection != null) {
                Closing.quietly(connection);
            }
        }
        return usable ? connection : null;
    }

    private Routed toPrimary() throws SQLException {
        ReplicaNode present = primary;
        long now = nanoTime.getAsLong();
        try {
            Connection connection = present.dataSource.getConnection();
            if (nodes.size() == 1 || !present.isStale(now)) {
                return new Routed(connection, present, false);
            }
            boolean kept = false;
            try {
                present.look(connection, now);
                kept = present.isPrimary() || !search(present, now);
            } finally {
                if (!kept) {
                    Closing.quietly(connection);
                }
            }
            if (kept) {
                return new Routed(connection, present, false);
            }
        } catch (SQLException e) {
            present.forget();
            if (!search(present, now)) {
                throw e;
            }
        }
        ReplicaNode found = primary;
        return new Routed(found.dataSource.getConnection(), found, false);
    }

    /** Whether there is another primary than it was; looks for one, but not for long and not often. */
    private boolean search(ReplicaNode before, long now) {
        ReplicaNode present = primary;
        if (present.isPrimary() && !present.isStale(now)) {
            // Somebody has just found it.
            return true;
        }
        return search.insteadOf(before) || primary != before;
    }

    private boolean promote(ReplicaNode before, ReplicaNode node) {
        synchronized (nodes) {
            if (primary != before) {
                return false;
            }
            primary = node;
        }
        promotions.increment();
        LOGGER.warn("{} takes writes now and is used as the primary instead of {}.", node, before);
        return true;
    }

    void wrote(String who) {
        writes.wrote(who, nanoTime.getAsLong());
    }

    /** After a failure on a connection: ask the server anew before it is used again. */
    void suspect(ReplicaNode node) {
        node.forget();
    }

    /**
     * Counts where transactions went.
     *
     * @return the numbers
     */
    public RoutingStats stats() {
        return new RoutingStats(toReplicas.sum(), toPrimary.sum(), ownWrites.sum(), fallbacks.sum(), promotions.sum());
    }

    /**
     * Not supported: the pools have their users.
     *
     * @throws SQLFeatureNotSupportedException always
     */
    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException(
                "A ReplicaRouting has the users of its pools. Use getConnection() without arguments.");
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return primary.dataSource.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        primary.dataSource.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        primary.dataSource.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return primary.dataSource.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return primary.dataSource.getParentLogger();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (type.isInstance(this)) {
            return type.cast(this);
        }
        DataSource inner = primary.dataSource;
        return type.isInstance(inner) ? type.cast(inner) : inner.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        DataSource inner = primary.dataSource;
        return type.isInstance(this) || type.isInstance(inner) || inner.isWrapperFor(type);
    }

    @Override
    public String toString() {
        return "ReplicaRouting[primary=" + primary + ", " + stats() + "]";
    }

    /**
     * The settings of a {@link ReplicaRouting}. Each setter rejects a value that it cannot honour at once, with an
     * {@link IllegalArgumentException}, and returns this builder. Not thread-safe.
     */
    public static final class Builder {
        private final DataSource primary;
        private DataSource[] replicas = {};
        private long windowNanos = TimeUnit.SECONDS.toNanos(2);
        private long maximumLagNanos;
        private @Nullable Owner caller;
        private LongSupplier ticker = System::nanoTime;

        private Builder(DataSource primary) {
            this.primary = primary;
        }

        /**
         * Sets the replicas, which take turns. Default: none, so that all goes to the primary.
         *
         * @param servers connections to each of them
         * @return this
         */
        public Builder replicas(DataSource... servers) {
            for (DataSource each : servers) {
                Objects.requireNonNull(each, "replica");
            }
            this.replicas = servers.clone();
            return this;
        }

        /**
         * Sets how long a caller that has written reads from the primary, where the database does not tell how far its
         * replicas are. PostgreSQL does. Default: 2 seconds.
         *
         * @param time not negative
         * @return this
         */
        public Builder readYourWrites(Duration time) {
            if (time.isNegative()) {
                throw new IllegalArgumentException("readYourWrites must not be negative, but was " + time);
            }
            this.windowNanos = saturatedNanos(time);
            return this;
        }

        /**
         * Passes over a replica that is behind for longer than this. Default: no limit.
         *
         * @param time positive
         * @return this
         */
        public Builder maximumLag(Duration time) {
            if (time.isNegative() || time.isZero()) {
                throw new IllegalArgumentException("maximumLag must be positive, but was " + time);
            }
            this.maximumLagNanos = saturatedNanos(time);
            return this;
        }

        /**
         * Says who a caller is, for reading one's own writes: a user, a session. Default: the thread.
         *
         * @param who says for whom the calling thread works; where it says null, the thread counts
         * @return this
         */
        public Builder caller(Owner who) {
            this.caller = Objects.requireNonNull(who, "caller");
            return this;
        }

        /**
         * Replaces the clock. Default: {@link System#nanoTime()}.
         *
         * @param nanoTime the nanoseconds since some fixed moment
         * @return this
         */
        public Builder ticker(LongSupplier nanoTime) {
            this.ticker = Objects.requireNonNull(nanoTime, "ticker");
            return this;
        }

        /**
         * Builds it. No connection is opened before it is needed.
         *
         * @return the routing data source
         */
        public ReplicaRouting build() {
            return new ReplicaRouting(this);
        }

        private static long saturatedNanos(Duration time) {
            try {
                return time.toNanos();
            } catch (ArithmeticException e) {
                return Long.MAX_VALUE / 2;
            }
        }
    }
}

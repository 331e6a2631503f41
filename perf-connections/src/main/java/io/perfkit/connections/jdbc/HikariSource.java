package io.perfkit.connections.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.pool.ProxyConnection;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Borrows from HikariCP, which is never asked for more connections than it may open, and so never makes anyone queue.
 *
 * <p>An overflow connection is evicted on return. If somebody waits it is not, so that the next can have it; should that
 * one have given up meanwhile, the surplus is made good by the next return.
 */
final class HikariSource implements PhysicalSource {
    private final HikariDataSource hikari;
    private final DataSource source;
    private final boolean closesHikari;
    private final boolean validates;
    private final int attempts;
    private final AtomicInteger surplus = new AtomicInteger();

    /** @param source the pool itself, or what the application has wrapped around it */
    HikariSource(HikariDataSource hikari, DataSource source, boolean closesHikari, Validation validation, int maximum) {
        this.hikari = hikari;
        this.source = source;
        this.closesHikari = closesHikari;
        this.validates = validation == Validation.ALWAYS;
        this.attempts = maximum + 1;
    }

    @Override
    public Connection checkOut(Slot slot, long nowNanos) throws SQLException {
        if (!validates) {
            return source.getConnection();
        }
        for (int i = 0; i < attempts; i++) {
            Connection connection = source.getConnection();
            if (Validation.passes(connection)) {
                return connection;
            }
            discard(slot, connection);
        }
        throw new SQLException("HikariCP pool '" + hikari.getPoolName() + "' gave " + attempts
                + " connections in a row that failed validation.");
    }

    @Override
    public @Nullable PhysicalConnection physical(Slot slot) {
        return null;
    }

    @Override
    public boolean checkIn(Slot slot, Connection connection, boolean wanted) {
        boolean evicted = (slot.overflow && !wanted) || (surplus.get() > 0 && takeSurplus());
        if (evicted) {
            evict(connection);
        }
        DirectSource.closeQuietly(connection);
        return !evicted;
    }

    private boolean takeSurplus() {
        return surplus.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
    }

    @Override
    public void discard(Slot slot, Connection connection) {
        evict(connection);
        DirectSource.closeQuietly(connection);
    }

    /** The pool knows only the connections it has made itself, and ignores any other without a word. */
    private void evict(Connection connection) {
        Connection own = connection;
        try {
            if (!(connection instanceof ProxyConnection) && connection.isWrapperFor(ProxyConnection.class)) {
                own = connection.unwrap(ProxyConnection.class);
            }
        } catch (SQLException brokenOrForeign) {
            // It is closed all the same, and tested by the pool before it is handed out again.
        }
        hikari.evictConnection(own);
    }

    @Override
    public void closeIdle(Slot slot) {
        if (slot.overflow) {
            surplus.incrementAndGet();
        }
    }

    @Override
    public int idle(FairSlots slots) {
        HikariPoolMXBean pool = hikari.getHikariPoolMXBean();
        return pool == null ? 0 : pool.getIdleConnections();
    }

    @Override
    public void close() {
        if (closesHikari) {
            hikari.close();
        }
    }

    @Override
    public DataSource dataSource() {
        return source;
    }
}

package io.perfkit.connections.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.pool.ProxyConnection;
import io.perfkit.connections.internal.FairSlots;
import io.perfkit.connections.internal.Slot;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Borrows from HikariCP, which is never asked for more connections than it may open, and so never makes anyone queue.
 *
 * <p>While HikariCP has answered a moment ago and has an idle connection, it is asked on the calling thread. Otherwise it
 * may have to test or to open one, which a silent network stretches beyond the deadline; so it is asked under a bound.
 *
 * <p>An overflow connection is evicted on return. If somebody waits it is not, so that the next can have it; should that
 * one have given up meanwhile, the surplus is made good by the next return.
 */
final class HikariSource implements PhysicalSource {
    private static final Logger LOGGER = LoggerFactory.getLogger(BoundedDataSource.class);
    private static final long LEAST_FOR_OPENING_NANOS = TimeUnit.MILLISECONDS.toNanos(800);

    private final HikariDataSource hikari;
    private final DataSource source;
    private final boolean closesHikari;
    private final Opening opening;
    private final Validation validation;
    private final ReturnPolicy policy;
    private final int attempts;
    private final AtomicInteger surplus = new AtomicInteger();
    private volatile long lastGoodNanos;
    private volatile boolean good;

    /** @param source the pool itself, or what the application has wrapped around it */
    HikariSource(
            HikariDataSource hikari,
            DataSource source,
            boolean closesHikari,
            Opening opening,
            Validation validation,
            ReturnPolicy policy,
            int maximum) {
        this.hikari = hikari;
        this.source = source;
        this.closesHikari = closesHikari;
        this.opening = opening;
        this.validation = validation;
        this.policy = policy;
        this.attempts = maximum + 1;
    }

    @Override
    public @Nullable PhysicalConnection checkOut(Slot slot, long nowNanos, long deadlineNanos) throws SQLException {
        for (int i = 0; i < attempts; i++) {
            Connection connection = borrow(nowNanos, deadlineNanos);
            if (connection == null) {
                good = false;
                return null;
            }
            boolean usable = false;
            try {
                // HikariCP tests what has rested by itself; here only each time or not at all can be had.
                if (!validation.isDue(true) || validation.passes(connection)) {
                    PhysicalConnection physical = new PhysicalConnection(connection, policy, 0, nowNanos);
                    slot.item = physical;
                    lastGoodNanos = nowNanos;
                    good = true;
                    usable = true;
                    return physical;
                }
            } finally {
                if (!usable) {
                    evictAndClose(connection);
                }
            }
        }
        throw new SQLException("HikariCP pool '" + hikari.getPoolName() + "' gave " + attempts
                + " connections in a row that failed validation.");
    }

    private @Nullable Connection borrow(long nowNanos, long deadlineNanos) throws SQLException {
        HikariPoolMXBean pool = hikari.getHikariPoolMXBean();
        if (good
                && pool != null
                && pool.getIdleConnections() > 0
                && nowNanos - lastGoodNanos <= Validation.TRUSTED_NANOS) {
            try {
                return source.getConnection();
            } catch (Throwable e) {
                good = false;
                throw e;
            }
        }
        return opening.open(Math.max(deadlineNanos, nowNanos + LEAST_FOR_OPENING_NANOS));
    }

    @Override
    public boolean checkIn(Slot slot, PhysicalConnection physical, boolean wanted) {
        slot.item = null;
        try {
            if (!physical.connection.isClosed()) {
                physical.reset();
            }
        } catch (Throwable e) {
            LOGGER.debug("A connection could not be reset and is closed instead.", e);
            evictAndClose(physical.connection);
            return false;
        }
        boolean evicted = (slot.overflow && !wanted) || (surplus.get() > 0 && takeSurplus());
        if (evicted) {
            evict(physical.connection);
        }
        Closing.here(physical.connection);
        return !evicted;
    }

    private boolean takeSurplus() {
        return surplus.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
    }

    @Override
    public void discard(Slot slot, PhysicalConnection physical) {
        slot.item = null;
        evictAndClose(physical.connection);
    }

    private void evictAndClose(Connection connection) {
        evict(connection);
        Closing.quietly(connection);
    }

    /** The pool knows only the connections it has made itself, and ignores any other without a word. */
    private void evict(Connection connection) {
        Connection own = connection;
        try {
            if (!(connection instanceof ProxyConnection) && connection.isWrapperFor(ProxyConnection.class)) {
                own = connection.unwrap(ProxyConnection.class);
            }
            hikari.evictConnection(own);
        } catch (Throwable brokenOrForeign) {
            // It is closed all the same, and tested by the pool before it is handed out again.
            LOGGER.debug("A connection could not be evicted from HikariCP.", brokenOrForeign);
        }
    }

    @Override
    public void closeIdle(Slot slot) {
        if (slot.overflow) {
            surplus.incrementAndGet();
        }
    }

    @Override
    public void evictAll() {
        HikariPoolMXBean pool = hikari.getHikariPoolMXBean();
        if (pool != null) {
            pool.softEvictConnections();
        }
    }

    @Override
    public int idle(FairSlots slots) {
        HikariPoolMXBean pool = hikari.getHikariPoolMXBean();
        return pool == null ? 0 : pool.getIdleConnections();
    }

    @Override
    public int hanging() {
        return opening.hanging();
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

package io.perfkit.connections.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens connections with an unpooled data source and keeps them in the slots: a small pool of our own. */
final class DirectSource implements PhysicalSource {
    private static final Logger LOGGER = LoggerFactory.getLogger(BoundedDataSource.class);
    private static final long TRUSTED_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final DataSource dataSource;
    private final Validation validation;
    private final long recycleNanos;

    /** A {@code recycleNanos} of 0 stands for never. */
    DirectSource(DataSource dataSource, Validation validation, long recycleNanos) {
        this.dataSource = dataSource;
        this.validation = validation;
        this.recycleNanos = recycleNanos;
    }

    @Override
    public Connection checkOut(Slot slot, long nowNanos) throws SQLException {
        PhysicalConnection kept = slot.physical;
        if (kept != null) {
            if (isUsable(kept, nowNanos)) {
                kept.acquiredNanos = nowNanos;
                return kept.connection;
            }
            closeIdle(slot);
        }
        Connection opened = dataSource.getConnection();
        if (opened == null) {
            throw new SQLException("The data source " + dataSource + " returned null for a connection.");
        }
        slot.physical = new PhysicalConnection(opened, nowNanos);
        return opened;
    }

    private boolean isUsable(PhysicalConnection kept, long nowNanos) throws SQLException {
        if ((recycleNanos > 0 && nowNanos - kept.openedNanos >= recycleNanos) || kept.connection.isClosed()) {
            return false;
        }
        // The time since it was last acquired is at least the time since it was last used, and known without a clock.
        boolean trusted = nowNanos - kept.acquiredNanos <= TRUSTED_NANOS;
        return !validation.isDue(trusted) || Validation.passes(kept.connection);
    }

    @Override
    public @Nullable PhysicalConnection physical(Slot slot) {
        return slot.physical;
    }

    @Override
    public boolean checkIn(Slot slot, Connection connection, boolean wanted) {
        PhysicalConnection physical = slot.physical;
        try {
            if (physical != null && !connection.isClosed()) {
                physical.reset();
                return true;
            }
        } catch (SQLException | RuntimeException e) {
            LOGGER.debug("A connection could not be reset and is closed instead.", e);
        }
        closeIdle(slot);
        return false;
    }

    @Override
    public void discard(Slot slot, Connection connection) {
        closeIdle(slot);
    }

    @Override
    public void closeIdle(Slot slot) {
        PhysicalConnection physical = slot.physical;
        slot.physical = null;
        if (physical != null) {
            closeQuietly(physical.connection);
        }
    }

    static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException | RuntimeException e) {
            LOGGER.debug("A connection could not be closed in order.", e);
        }
    }

    @Override
    public int idle(FairSlots slots) {
        return slots.count(Slot.IDLE);
    }

    @Override
    public void close() {}

    @Override
    public DataSource dataSource() {
        return dataSource;
    }
}

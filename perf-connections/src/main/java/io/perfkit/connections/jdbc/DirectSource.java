package io.perfkit.connections.jdbc;

import io.perfkit.connections.internal.FairSlots;
import io.perfkit.connections.internal.Slot;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens connections with an unpooled data source and keeps them in the slots: a small pool of our own. */
final class DirectSource implements PhysicalSource {
    private static final Logger LOGGER = LoggerFactory.getLogger(BoundedDataSource.class);

    /** An opening gets at least so much, however late its turn came. */
    private static final long LEAST_FOR_OPENING_NANOS = TimeUnit.MILLISECONDS.toNanos(800);

    private final String name;
    private final DataSource dataSource;
    private final Opening opening;
    private final Validation validation;
    private final ReturnPolicy policy;
    private final long recycleNanos;
    private final AtomicInteger generation = new AtomicInteger();

    /** A {@code recycleNanos} of 0 stands for never. */
    DirectSource(
            String name,
            DataSource dataSource,
            Opening opening,
            Validation validation,
            ReturnPolicy policy,
            long recycleNanos) {
        this.name = name;
        this.dataSource = dataSource;
        this.opening = opening;
        this.validation = validation;
        this.policy = policy;
        this.recycleNanos = recycleNanos;
    }

    @Override
    public @Nullable PhysicalConnection checkOut(Slot slot, long nowNanos, long deadlineNanos) throws SQLException {
        PhysicalConnection kept = (PhysicalConnection) slot.item;
        if (kept != null) {
            if (isUsable(slot, kept, nowNanos, deadlineNanos)) {
                kept.acquiredNanos = nowNanos;
                return kept;
            }
            slot.item = null;
        }
        Connection opened = opening.open(Math.max(deadlineNanos, nowNanos + LEAST_FOR_OPENING_NANOS));
        if (opened == null) {
            return null;
        }
        try {
            PhysicalConnection physical = new PhysicalConnection(opened, policy, generation.get(), nowNanos);
            physical.recycleAtNanos = nowNanos + jittered(recycleNanos);
            slot.item = physical;
            return physical;
        } catch (Throwable e) {
            Closing.quietly(opened);
            throw e;
        }
    }

    /** A little less, so that what was opened together is not replaced together. */
    private static long jittered(long nanos) {
        long part = nanos / 64;
        return part == 0 ? nanos : nanos - ThreadLocalRandom.current().nextLong(part);
    }

    /** If not, it is closed, at once or in the background. */
    private boolean isUsable(Slot slot, PhysicalConnection kept, long nowNanos, long deadlineNanos)
            throws SQLException {
        boolean answers = true;
        try {
            if (validation.isSuspect(kept.acquiredNanos)) {
                answers = false;
            } else if (kept.generation == generation.get()
                    && !(recycleNanos > 0 && nowNanos - kept.recycleAtNanos >= 0)
                    && !kept.connection.isClosed()) {
                // The time since it was last acquired is at least that since it was last used, and needs no clock.
                boolean trusted = nowNanos - kept.acquiredNanos <= Validation.TRUSTED_NANOS;
                if (!validation.isDue(trusted)) {
                    return true;
                }
                answers = trusted
                        ? validation.passes(kept.connection)
                        : validation.restedPasses(kept.connection, kept.acquiredNanos, deadlineNanos);
                if (answers) {
                    return true;
                }
                answers = !validation.isSuspect(kept.acquiredNanos);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLTransientConnectionException(
                    "Interrupted while pool '" + name + "' was testing a connection.", "08001", e);
        } catch (Throwable e) {
            LOGGER.debug("A connection failed while it was looked at, and is closed.", e);
        }
        if (answers) {
            closeIdle(slot);
        } else {
            Closing.elsewhere(kept.connection);
        }
        return false;
    }

    @Override
    public boolean checkIn(Slot slot, PhysicalConnection physical, boolean wanted) {
        try {
            if (physical.generation == generation.get() && !physical.connection.isClosed()) {
                physical.reset();
                return true;
            }
        } catch (SQLException | RuntimeException e) {
            LOGGER.debug("A connection could not be reset and is closed instead.", e);
        } catch (Throwable e) {
            LOGGER.warn("A connection of pool '{}' could not be reset and is closed instead.", name, e);
        }
        closeIdle(slot);
        return false;
    }

    @Override
    public void discard(Slot slot, PhysicalConnection physical) {
        closeIdle(slot);
    }

    @Override
    public void closeIdle(Slot slot) {
        PhysicalConnection physical = (PhysicalConnection) slot.item;
        slot.item = null;
        if (physical != null) {
            Closing.quietly(physical.connection);
        }
    }

    @Override
    public void evictAll() {
        generation.incrementAndGet();
    }

    @Override
    public int idle(FairSlots slots) {
        return slots.count(Slot.IDLE);
    }

    @Override
    public int hanging() {
        return opening.hanging();
    }

    @Override
    public void close() {}

    @Override
    public DataSource dataSource() {
        return dataSource;
    }
}

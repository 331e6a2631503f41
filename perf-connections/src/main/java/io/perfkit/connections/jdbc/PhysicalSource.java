package io.perfkit.connections.jdbc;

import io.perfkit.connections.internal.FairSlots;
import io.perfkit.connections.internal.Slot;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Where the connections in the slots come from. The caller holds the slot that it passes. */
interface PhysicalSource {
    /**
     * A usable connection for the slot. If it throws, nothing is left open.
     *
     * @return null if there was none until the deadline
     */
    @Nullable
    PhysicalConnection checkOut(Slot slot, long nowNanos, long deadlineNanos) throws SQLException;

    /**
     * Takes a connection back.
     *
     * @param wanted whether somebody is likely to take the slot over
     * @return whether it is open and as good as new; otherwise it is gone
     */
    boolean checkIn(Slot slot, PhysicalConnection physical, boolean wanted);

    /** Closes a connection that must not be used again. */
    void discard(Slot slot, PhysicalConnection physical);

    /** Closes the connection that was taken back into the slot. */
    void closeIdle(Slot slot);

    /** Sees to it that no connection that is open now is handed out any more. Idle ones in slots are for the caller. */
    void evictAll();

    /** How many connections are open and free. */
    int idle(FairSlots slots);

    /** How many openings nobody waits for any more. */
    int hanging();

    /** Closes what was opened here, other than connections in slots. */
    void close();

    DataSource dataSource();
}

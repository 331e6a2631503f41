package io.perfkit.connections.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Where the connections in the slots come from. The caller holds the slot that it passes. */
interface PhysicalSource {
    /** A usable connection for the slot. If it throws, nothing is left open. */
    Connection checkOut(Slot slot, long nowNanos) throws SQLException;

    /** What the lease of that slot has to tell of changes to, or null if the source sees for itself. */
    @Nullable
    PhysicalConnection physical(Slot slot);

    /**
     * Takes a connection back.
     *
     * @param wanted whether somebody is likely to take the slot over
     * @return whether it is open and as good as new; otherwise it is gone
     */
    boolean checkIn(Slot slot, Connection connection, boolean wanted);

    /** Closes a connection that must not be used again. */
    void discard(Slot slot, Connection connection);

    /** Closes the connection that was taken back into the slot. */
    void closeIdle(Slot slot);

    /** How many connections are open and free. */
    int idle(FairSlots slots);

    /** Closes what was opened here, other than connections in slots. */
    void close();

    DataSource dataSource();
}

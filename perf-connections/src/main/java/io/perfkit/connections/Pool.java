package io.perfkit.connections;

import java.util.List;

/** What every pool of this artifact tells of itself. Safe for use by any number of threads. */
public interface Pool {
    /**
     * The name it was built with.
     *
     * @return what messages and metrics carry
     */
    String name();

    /**
     * Counts what is open, held and waited for. Takes time in proportion to the size.
     *
     * @return the numbers
     */
    PoolStats stats();

    /**
     * Who holds a place now.
     *
     * @return those who have held one longest first
     */
    List<Holder> holders();
}

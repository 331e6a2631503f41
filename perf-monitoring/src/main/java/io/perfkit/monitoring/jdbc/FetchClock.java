package io.perfkit.monitoring.jdbc;

import java.util.function.LongSupplier;

/**
 * Measures what stepping through a result takes, without reading the clock twice for each row.
 *
 * <p>The first rows are timed one by one. Then, as long as they are quick, one of {@value #CHUNK} is, and stands for those
 * before it. That one also tells how long all of them took, with what the caller did between: where that is far more than
 * the caller ever took, the driver pulled rows from the server meanwhile, and the surplus is its time. From then on rows
 * are timed one by one again, for so many rows that reading the clock is a twentieth of what was found. Where the caller
 * has set a fetch size, the rows at which a driver pulls are timed anyway.
 *
 * <p>For one thread.
 */
final class FetchClock {
    static final long UNTIMED = Long.MIN_VALUE;
    private static final int FIRST = 16;
    private static final int CHUNK = 64;
    private static final long SLOW_STEP_NANOS = 10_000;
    private static final long NANOS_PER_TIMED_ROW = 1_000;
    private static final long MOST_TIMED_ROWS = 1_000_000;

    private final LongSupplier ticker;
    private final int fetchSize;
    private long nanos;
    private long exact = FIRST;
    private int untimed;
    private long mark = UNTIMED;
    private long longestGap;

    FetchClock(LongSupplier ticker, int fetchSize) {
        this.ticker = ticker;
        this.fetchSize = fetchSize;
    }

    /** Before the step from a row to the next. */
    long begin(long row) {
        if (exact <= 0) {
            untimed++;
            if (untimed < CHUNK && (fetchSize <= 0 || row % fetchSize != 0)) {
                return UNTIMED;
            }
        }
        long now = ticker.getAsLong();
        if (mark != UNTIMED) {
            gap(now - mark);
        }
        return now;
    }

    private void gap(long gap) {
        if (exact > 0) {
            longestGap = Math.max(longestGap, gap);
            return;
        }
        long caller = longestGap * untimed;
        if (gap > CHUNK * NANOS_PER_TIMED_ROW) {
            if (gap > 4 * caller) {
                nanos += gap - caller;
            }
            exact = timedRows(gap);
            untimed = 1;
        }
    }

    void end(long begun) {
        if (begun == UNTIMED) {
            return;
        }
        long now = ticker.getAsLong();
        long took = now - begun;
        mark = now;
        if (took >= SLOW_STEP_NANOS) {
            nanos += took;
            exact = Math.max(exact, timedRows(took));
        } else if (exact > 0) {
            nanos += took;
            exact--;
        } else {
            nanos += took * untimed;
        }
        untimed = 0;
    }

    private static long timedRows(long nanos) {
        return Math.min(MOST_TIMED_ROWS, nanos / NANOS_PER_TIMED_ROW);
    }

    void add(long more) {
        nanos += more;
    }

    /** What was measured since this was last called. */
    long take() {
        long taken = nanos;
        nanos = 0;
        return taken;
    }
}

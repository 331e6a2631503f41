package io.perfkit.connections.internal;

/**
 * How long a turn takes to come, from how fast turns came while others were waiting. The turns are taken in blocks, and
 * the faster of the last two blocks counts, so that one stall is not taken for the normal pace. Without two blocks of
 * history in the present queue, it says nothing. Guarded by its user's lock.
 */
final class WaitEstimate {
    private static final int BLOCK = 16;

    private long blockStartNanos;
    private int turnsInBlock = -1;
    private double lastMeanNanos;
    private double meanBeforeNanos;

    void turn(long nowNanos) {
        turnsInBlock++;
        if (turnsInBlock == 0) {
            blockStartNanos = nowNanos;
        } else if (turnsInBlock == BLOCK) {
            meanBeforeNanos = lastMeanNanos;
            lastMeanNanos = (nowNanos - blockStartNanos) / (double) BLOCK;
            blockStartNanos = nowNanos;
            turnsInBlock = 0;
        }
    }

    /** The queue is gone, and what was learnt from it no longer holds. */
    void reset() {
        turnsInBlock = -1;
        lastMeanNanos = 0;
        meanBeforeNanos = 0;
    }

    /** The nanoseconds until the turn of one with so many before it; 0 if unknown. */
    long nanosBehind(int others) {
        return (long) (Math.min(lastMeanNanos, meanBeforeNanos) * (others + 1.0));
    }
}

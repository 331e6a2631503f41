package io.perfkit.connections;

/**
 * The time between two sweeps. What happens in it is marked with it, without reading a clock; the sweep that ends it
 * gives it its time, which is never earlier than what was marked.
 */
final class Tick<O, C> {
    final long number;

    /** Those last seen in this tick, as far as the sweeper knows: {@link Entry#touched} may be newer. */
    final Chain<Entry<O, C>> seen = new Chain<>();

    private boolean over;
    private long endNanos;

    Tick(long number) {
        this.number = number;
    }

    void end(long nowNanos) {
        over = true;
        endNanos = nowNanos;
    }

    boolean isLongerAgoThan(long nanos, long nowNanos) {
        return over && nowNanos - endNanos >= nanos;
    }
}

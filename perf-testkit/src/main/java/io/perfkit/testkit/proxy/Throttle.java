package io.perfkit.testkit.proxy;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The rate limit of one direction, which the connections share by turns: each may send a hundredth of a second's worth,
 * then it stands at the end of the line.
 */
final class Throttle {
    /** How late a turn may come without the rate being lost: timers are exact to a millisecond only. */
    private static final long CATCH_UP_NANOS = 20_000_000;

    private static final int LARGEST_SHARE = 1 << 20;

    private final Set<Flow> line = new LinkedHashSet<>();
    private final Alarm alarm;
    private long bytesPerSecond = Long.MAX_VALUE;
    private long nextTurnNanos;

    Throttle(EventLoop loop) {
        this.alarm = new Alarm(loop, this::takeTurns);
    }

    boolean isLimiting() {
        return bytesPerSecond != Long.MAX_VALUE;
    }

    void limit(long rate) {
        bytesPerSecond = rate;
        nextTurnNanos = System.nanoTime();
    }

    /** Lets go of the flows in the line, too; they have to be flushed. */
    void unlimited() {
        bytesPerSecond = Long.MAX_VALUE;
        line.clear();
    }

    /** Puts a flow at the end of the line, if it is not in it. */
    void enter(Flow flow) {
        line.add(flow);
        takeTurns();
    }

    private void takeTurns() {
        long now = System.nanoTime();
        while (!line.isEmpty() && nextTurnNanos - now <= 0) {
            Iterator<Flow> first = line.iterator();
            Flow flow = first.next();
            first.remove();
            int share = (int) Math.max(1, Math.min(bytesPerSecond / 100, LARGEST_SHARE));
            int sent = flow.send(share);
            nextTurnNanos = Math.max(nextTurnNanos, now - CATCH_UP_NANOS) + (long) (sent * 1e9 / bytesPerSecond);
            if (flow.canSend()) {
                line.add(flow);
            }
        }
        if (!line.isEmpty()) {
            alarm.setTo(nextTurnNanos);
        }
    }
}

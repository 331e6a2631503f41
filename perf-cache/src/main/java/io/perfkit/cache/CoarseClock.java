package io.perfkit.cache;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Nanoseconds since the cache was built, at the price of a field read.
 *
 * <p>Reading the system's clock is what makes a hit in an expiring cache cost twice as much as one in a plain cache. So a
 * daemon thread writes the time into a field every {@link #TICK_NANOS}, and hits read the field: they see a time that
 * is at most a tick old, plus whatever the scheduler delays that thread on a starved machine. An idle application is
 * not woken: after {@link #IDLE_TICKS} ticks in which no thread read the field, the thread marks it {@link #ASLEEP} and
 * parks; the next reader takes the time from the system and wakes the thread.
 *
 * <p>A process that was stopped (SIGSTOP, a frozen container, a long collection) goes on with the field as it was, and
 * readers may run before that thread does. Where that must not be, as for what other nodes may have invalidated meanwhile,
 * {@link #preciseNanos} is read: no memory of a stopped process can tell that time has passed, only a clock that did not
 * stop. It costs a reading of the system's clock.
 *
 * <p>With a ticker of the user's (tests), the field stays asleep and every read asks the ticker.
 */
final class CoarseClock implements AutoCloseable {

    static final long TICK_NANOS = 2_000_000;
    static final int IDLE_TICKS = 50;

    private static final long ASLEEP = -1;
    private static final VarHandle NOW;
    private static final VarHandle READ;

    static {
        try {
            NOW = MethodHandles.lookup().findVarHandle(CoarseClock.class, "now", long.class);
            READ = MethodHandles.lookup().findVarHandle(CoarseClock.class, "read", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final LongSupplier source;
    private final long origin;
    private final @Nullable Thread thread;

    private volatile long now = ASLEEP;

    @SuppressWarnings("UnusedVariable") // through READ
    private boolean read;

    private volatile boolean closed;

    private CoarseClock(LongSupplier source, @Nullable String name) {
        this.source = source;
        this.origin = source.getAsLong();
        if (name == null) {
            this.thread = null;
        } else {
            Thread t = new Thread(this::tick, "perfkit-cache-clock-" + name);
            t.setDaemon(true);
            this.thread = t;
        }
    }

    static CoarseClock system(String name) {
        CoarseClock clock = new CoarseClock(System::nanoTime, name);
        if (clock.thread != null) {
            clock.thread.start();
        }
        return clock;
    }

    static CoarseClock of(LongSupplier ticker) {
        return new CoarseClock(ticker, null);
    }

    /** The time, at most a tick old. Never negative. */
    long nanos() {
        long t = now;
        if (t == ASLEEP) {
            return wake();
        }
        if (!(boolean) READ.getOpaque(this)) {
            READ.setOpaque(this, true);
        }
        return t;
    }

    /** The time as the source has it. */
    long preciseNanos() {
        return Math.max(0, source.getAsLong() - origin);
    }

    boolean isAsleep() {
        return now == ASLEEP;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    private long wake() {
        long t = preciseNanos();
        if (thread != null && !closed && NOW.compareAndSet(this, ASLEEP, t)) {
            LockSupport.unpark(thread);
        }
        return t;
    }

    private void tick() {
        int idle = 0;
        while (!closed) {
            if (now == ASLEEP) {
                LockSupport.park(this);
                idle = 0;
                continue;
            }
            LockSupport.parkNanos(this, TICK_NANOS);
            if ((boolean) READ.getOpaque(this)) {
                READ.setOpaque(this, false);
                idle = 0;
            } else {
                idle++;
            }
            now = idle < IDLE_TICKS ? preciseNanos() : ASLEEP;
        }
        now = ASLEEP;
    }
}

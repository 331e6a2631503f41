package io.perfkit.connections.jdbc;

import io.perfkit.connections.internal.DriverThreads;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens connections under a bound of its own, since a driver's connect timeout does not cover the login, and a network
 * that loses packets without a word makes it wait for ever.
 *
 * <p>Each opening runs on a thread of its own, and a few at a time, so that a database that has just come back is not
 * met by all at once. A caller waits for its connection until its deadline and not longer. If an opening takes longer
 * than a second, another is begun beside it, at most one per second and pool, and whichever connection comes first goes
 * to whoever waits longest: a login that is slow still succeeds, and a network that has healed is found within a second
 * even where all that was begun before hangs for ever. What comes too late is closed. Openings whose caller has given up
 * are interrupted; a driver that does not listen to that keeps its thread until its own timeouts end it, so their number
 * is limited by opening ever more rarely.
 */
final class Opening {
    private static final Logger LOGGER = LoggerFactory.getLogger(BoundedDataSource.class);
    private static final int AT_ONCE = 8;
    private static final int MANY_HANG = 64;
    private static final long HEDGE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long RARE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final String name;
    private final DataSource dataSource;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Request> pending = new ArrayDeque<>();
    private final Set<Attempt> running = new HashSet<>();
    private long lastStartNanos;

    Opening(String name, DataSource dataSource, LongSupplier nanoTime) {
        this.name = name;
        this.dataSource = dataSource;
        this.nanoTime = nanoTime;
    }

    private static final class Request {
        @Nullable
        Connection connection;

        @Nullable
        Throwable failure;

        boolean started;

        boolean isAnswered() {
            return connection != null || failure != null;
        }
    }

    private static final class Attempt {
        private final Request request;
        private final long startedNanos;

        @Nullable
        Thread thread;

        Attempt(Request request, long nowNanos) {
            this.request = request;
            this.startedNanos = nowNanos;
        }
    }

    /** How many openings nobody waits for any more. */
    int hanging() {
        lock.lock();
        try {
            return Math.max(0, running.size() - pending.size());
        } finally {
            lock.unlock();
        }
    }

    /** Opens a connection, or answers null if that took until the deadline. */
    @Nullable
    Connection open(long deadlineNanos) throws SQLException {
        Request request = new Request();
        lock.lock();
        try {
            pending.addLast(request);
            while (!request.isAnswered()) {
                long now = nanoTime.getAsLong();
                long left = deadlineNanos - now;
                if (left <= 0) {
                    return null;
                }
                startIfItIsTime(request, now);
                if (!request.isAnswered()) {
                    changed.awaitNanos(Math.min(left, HEDGE_NANOS / 4));
                }
            }
            Connection opened = request.connection;
            request.connection = null;
            if (opened != null) {
                return opened;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLTransientConnectionException(
                    "Interrupted while pool '" + name + "' was opening a connection.", "08001", e);
        } finally {
            leave(request);
            lock.unlock();
        }
        throw failed(request);
    }

    private SQLException failed(Request request) {
        Throwable failure = request.failure;
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        return failure instanceof SQLException e
                ? e
                : new SQLException("Pool '" + name + "' could not open a connection.", "08001", failure);
    }

    /** Under the lock. A connection that came in the last moment goes to the next. */
    private void leave(Request request) {
        pending.remove(request);
        Connection left = request.connection;
        if (left != null) {
            request.connection = null;
            if (!deliver(left)) {
                Closing.elsewhere(left);
            }
        }
        for (Attempt attempt : running) {
            Thread thread = attempt.thread;
            if (attempt.request == request && !request.isAnswered() && thread != null) {
                thread.interrupt();
            }
        }
    }

    private void startIfItIsTime(Request request, long now) {
        if (!request.started) {
            if (youngAttempts(now) < AT_ONCE && (running.size() < MANY_HANG || isTimeForAnother(now))) {
                start(request, now);
            }
        } else if (pending.peekFirst() == request && isTimeForAnother(now)) {
            start(request, now);
        }
    }

    private boolean isTimeForAnother(long now) {
        return now - lastStartNanos >= (running.size() < MANY_HANG ? HEDGE_NANOS : RARE_NANOS);
    }

    private int youngAttempts(long now) {
        int young = 0;
        for (Attempt attempt : running) {
            if (now - attempt.startedNanos < HEDGE_NANOS) {
                young++;
            }
        }
        return young;
    }

    private void start(Request request, long now) {
        Attempt attempt = new Attempt(request, now);
        running.add(attempt);
        lastStartNanos = now;
        request.started = true;
        try {
            attempt.thread = DriverThreads.start("perfkit-open-" + name, () -> run(attempt));
        } catch (Throwable noThread) {
            running.remove(attempt);
            request.failure = noThread;
        }
    }

    private void run(Attempt attempt) {
        Connection opened = null;
        Throwable failure = null;
        try {
            opened = dataSource.getConnection();
            if (opened == null) {
                failure = new SQLException("The data source " + dataSource + " returned null for a connection.");
            }
        } catch (Throwable e) {
            failure = e;
        }
        Connection tooLate = null;
        lock.lock();
        try {
            running.remove(attempt);
            if (opened != null) {
                if (pending.contains(attempt.request) && !attempt.request.isAnswered()) {
                    attempt.request.connection = opened;
                } else if (!deliver(opened)) {
                    tooLate = opened;
                }
            } else if (!attempt.request.isAnswered()) {
                attempt.request.failure = failure;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (tooLate != null) {
            LOGGER.debug("Pool '{}': a connection was opened after its caller had given up, and is closed.", name);
            Closing.quietly(tooLate);
        }
    }

    /** Under the lock: to whoever waits longest; false if nobody does, so that it is for the caller to close. */
    private boolean deliver(Connection opened) {
        for (Request each : pending) {
            if (!each.isAnswered()) {
                each.connection = opened;
                changed.signalAll();
                return true;
            }
        }
        return false;
    }
}

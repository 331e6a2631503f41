package io.perfkit.connections;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps long-lived connections within limits: WebSockets, server-sent events, long polls, anything that is opened by
 * someone and has to be closed some day.
 *
 * <p><b>Guarantees.</b>
 *
 * <ul>
 *   <li>At no time are more than {@code maximumTotal} connections registered, nor more than {@code maximumPerOwner} of
 *       one owner, whatever threads race. A rejected registration leaves nothing behind, and an owner without
 *       connections takes no memory. A connection stops counting when it leaves the registry, so for the time that its
 *       close action takes it may still be open beside the one that took its place.
 *   <li>A connection is closed exactly once, with a {@link CloseReason}. No lock is held meanwhile. Only a
 *       {@link CloseReason#CLIENT} close runs on the thread that asked for it; all others run on threads of the
 *       registry, so that a close action that hangs or throws hurts nobody else.
 *   <li>A connection is closed as idle no earlier than {@code idleAfter} after the last touch began, and at most two
 *       sweeps later. The same holds for {@code maximumAge} and the registration, but for a part in seventy that each
 *       life may be shorter, so that those registered together do not go together.
 *   <li>To one connection one message is sent at a time, in the order in which they came, from a bounded outbox. One that
 *       stalls holds up no other and is closed, or forgets its oldest messages. An {@code Error} of one ends none.
 * </ul>
 *
 * <p><b>Costs.</b> Registering and closing take constant time, except that an eviction with
 * {@link WhenFull#EVICT_IDLEST} looks at all connections of the owner. {@link Registration#touch()} takes a few
 * nanoseconds. A sweep takes time in proportion to those that expire; a connection in use is looked at once per
 * {@code idleAfter}.
 *
 * <p>Safe for use by any number of threads. The registry runs one daemon thread, which ends with {@link #close()},
 * unless a scheduler is given.
 *
 * @param <O> the type of owner, with {@code equals} and {@code hashCode} that do not change
 * @param <C> the type of connection
 */
public final class ConnectionRegistry<O, C> implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(ConnectionRegistry.class);

    /** So many are expired under one hold of the lock, so that those who register need not wait for all of them. */
    private static final int BATCH = 256;

    private static final long CLOSE_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final String name;
    private final Ledger<O, C> ledger;
    private final CloseAction<? super C> onClose;
    private final Executor closer;
    private final @Nullable Workers ownCloser;
    private final Outboxes<O, C> outboxes;
    private final @Nullable Heartbeats<O, C> heartbeats;
    private final Outbox.@Nullable Message<C> heartbeat;
    private final LongSupplier nanoTime;
    private final Pause pause;
    private final OncePerMinute warnings;
    private final AtomicInteger closing = new AtomicInteger();
    private final AtomicLong failedCloses = new AtomicLong();
    private final @Nullable ScheduledThreadPoolExecutor ownScheduler;
    private final ScheduledFuture<?> sweeps;

    /** Closed, but for close actions that hang and must not hold up those behind them. */
    private volatile boolean isEnding;

    private ConnectionRegistry(Builder<O, C> b, CloseAction<? super C> onClose, Pause pause) {
        name = b.name;
        nanoTime = b.ticker;
        this.onClose = onClose;
        this.pause = pause;
        ledger = new Ledger<>(
                b.name, b.maximumTotal, b.effectiveMaximumPerOwner(), b.whenFull, b.idleNanos, b.maximumAgeNanos);
        warnings = new OncePerMinute(LOGGER, nanoTime);
        ownCloser = b.closeExecutor == null ? new Workers("perfkit-close-" + name, nanoTime) : null;
        outboxes = new Outboxes<>(b, warnings, this::closeBecause);
        Sending<? super C> beat = b.heartbeat;
        heartbeats = beat == null ? null : new Heartbeats<>(b.heartbeatNanos);
        heartbeat = beat == null ? null : new Outbox.Message<>(beat, 0, CloseReason.FAILED_HEARTBEAT);
        closer = b.closeExecutor == null ? Objects.requireNonNull(ownCloser) : b.closeExecutor;
        ScheduledExecutorService scheduler = b.scheduler;
        if (scheduler == null) {
            ownScheduler = new ScheduledThreadPoolExecutor(1, ConnectionRegistry::sweeperThread);
            scheduler = ownScheduler;
        } else {
            ownScheduler = null;
        }
        long every = b.effectiveSweepNanos();
        sweeps = scheduler.scheduleWithFixedDelay(this::sweepSafely, every, every, TimeUnit.NANOSECONDS);
    }

    private static Thread sweeperThread(Runnable work) {
        Thread thread = new Thread(work, "perfkit-connection-sweeper");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Starts the configuration of a registry.
     *
     * @param name the name for messages and logs
     * @param <O> the type of owner
     * @param <C> the type of connection
     * @return a builder with defaults
     */
    public static <O, C> Builder<O, C> builder(String name) {
        return new Builder<>(name);
    }

    /**
     * Registers a connection, or rejects it at once. Never waits.
     *
     * @param owner who opened it
     * @param connection the connection; the same one may be registered more than once and then counts as often
     * @return its registration
     * @throws ConnectionLimitException if a limit is reached and {@link WhenFull#REJECT} is set; the connection is the
     *     caller's to close
     * @throws RegistryClosedException if the registry is being closed or is closed; the connection is the caller's to close
     */
    public Registration register(O owner, C connection) {
        Ledger.Admission<O, C> admission = ledger.admit(
                this, Objects.requireNonNull(owner, "owner"), Objects.requireNonNull(connection, "connection"));
        Entry<O, C> evicted = admission.evicted();
        if (evicted != null) {
            closeElsewhere(evicted, CloseReason.EVICTED);
        }
        if (heartbeats != null) {
            heartbeats.begin(admission.entry(), nanoTime.getAsLong());
        }
        return admission.entry();
    }

    /**
     * Sends a message to each connection registered now. It waits in the outbox of each until those before it have been
     * sent, and is sent by threads of the registry; so this returns at once, and a connection that stalls or fails holds up
     * no other. To one connection nothing is sent while something else is.
     *
     * @param action sends the message; called once for each connection, and for one connection after the other on as many
     *     threads as there are that hang
     * @return what became of it in the outboxes
     */
    public BroadcastReport broadcast(Consumer<? super C> action) {
        return outboxes.send(ledger.entries(), message(action));
    }

    /**
     * As {@link #broadcast(Consumer)}, for the connections of one owner.
     *
     * @param owner whose connections
     * @param action sends the message
     * @return what became of it in the outboxes
     */
    public BroadcastReport broadcast(O owner, Consumer<? super C> action) {
        return outboxes.send(ledger.entries(owner), message(action));
    }

    /**
     * As {@link #broadcast(Consumer)}, for messages whose size is known and that may be sent by and by.
     *
     * @param bytes the size, for the limit of the outboxes
     * @param sending sends the message
     * @return what became of it in the outboxes
     */
    public BroadcastReport broadcastSized(long bytes, Sending<? super C> sending) {
        return outboxes.send(ledger.entries(), message(bytes, sending));
    }

    /**
     * Sends a message to one connection, by way of its outbox.
     *
     * @param registration the connection's, of this registry; nothing is sent if it was closed
     * @param bytes the size, for the limit of the outbox
     * @param sending sends the message
     * @return what became of it in the outbox
     */
    public BroadcastReport send(Registration registration, long bytes, Sending<? super C> sending) {
        if (!(registration instanceof Entry<?, ?> entry) || entry.registry() != this) {
            throw new IllegalArgumentException(
                    "registration must be one of registry '" + name + "', but was " + registration);
        }
        @SuppressWarnings("unchecked") // it is of this registry
        Entry<O, C> own = (Entry<O, C>) entry;
        return outboxes.send(own.isOpen() ? List.of(own) : List.of(), message(bytes, sending));
    }

    private Outbox.Message<C> message(Consumer<? super C> action) {
        Objects.requireNonNull(action, "action");
        return new Outbox.Message<>(
                connection -> {
                    action.accept(connection);
                    return null;
                },
                0,
                null);
    }

    private static <C> Outbox.Message<C> message(long bytes, Sending<? super C> sending) {
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes must not be negative, but was " + bytes);
        }
        return new Outbox.Message<>(Objects.requireNonNull(sending, "sending"), bytes, null);
    }

    private void closeBecause(Entry<O, C> entry, CloseReason reason) {
        if (ledger.remove(entry, reason)) {
            closeElsewhere(entry, reason);
        }
    }

    /**
     * The name it was built with.
     *
     * @return what messages and metrics carry
     */
    public String name() {
        return name;
    }

    /**
     * Counts what is registered. Takes time in proportion to the number of owners.
     *
     * @return the state at one moment
     */
    public RegistryStats<O> stats() {
        return ledger.stats(closing.get(), failedCloses.get(), outboxes.failedSends(), outboxes.droppedMessages());
    }

    /**
     * Closes the registry for a rolling restart: refuses new connections from now on, and closes those there are for
     * {@link CloseReason#SHUTDOWN}, the oldest first, spread evenly over nine tenths of the time, so that the clients
     * do not all come back somewhere else at once. What waits in the outboxes is sent first, for a tenth of the time at
     * most. Blocks until all are closed or the time is up; by then, every close action has been started, unless so many
     * of them hang that there is no thread left: the report names how many were not. If interrupted, it closes all the
     * rest at once and returns, with the interrupt status set.
     *
     * @param within how long it may take
     * @return what was closed, what is still being closed, and what is not being closed yet
     */
    public CloseReport close(Duration within) {
        Builder.notNegative("within", Objects.requireNonNull(within, "within"));
        long start = nanoTime.getAsLong();
        long nanos = Builder.saturatedNanos(within);
        ledger.refuse();
        int initially = ledger.total() + closing.get();
        long spread = nanos / 10 * 9;
        long step = Math.max(spread / 100, TimeUnit.MILLISECONDS.toNanos(1));
        boolean interrupted = !awaitOutboxes(start + nanos / 10);
        for (int left = ledger.total(); left > 0; left = ledger.total()) {
            long remaining = interrupted ? 0 : spread - (nanoTime.getAsLong() - start);
            long steps = remaining / step;
            closeOldest(steps <= 0 ? left : (int) ((left + steps - 1) / steps));
            if (ownCloser != null) {
                ownCloser.relieve();
            }
            if (steps > 0) {
                interrupted = !pause(step);
            }
        }
        awaitClosing(start + nanos, interrupted);
        int notStarted = ownCloser == null ? 0 : ownCloser.waiting();
        int unfinished = Math.max(0, closing.get() - notStarted);
        isEnding = true;
        if (unfinished + notStarted == 0) {
            endSweeps();
        }
        return new CloseReport(Math.max(0, initially - unfinished - notStarted), unfinished, notStarted);
    }

    /** False if interrupted. */
    private boolean awaitOutboxes(long untilNanos) {
        while (outboxes.isBusy() && untilNanos - nanoTime.getAsLong() > 0) {
            outboxes.relieve();
            if (!pause(TimeUnit.MILLISECONDS.toNanos(5))) {
                return false;
            }
        }
        return true;
    }

    private void closeOldest(int count) {
        for (int left = count; left > 0; left -= BATCH) {
            for (Entry<O, C> entry : ledger.takeOldest(Math.min(left, BATCH), CloseReason.SHUTDOWN)) {
                closeElsewhere(entry, CloseReason.SHUTDOWN);
            }
        }
    }

    private void awaitClosing(long deadlineNanos, boolean interruptedBefore) {
        boolean interrupted = interruptedBefore;
        while (!interrupted && closing.get() > 0) {
            long remaining = deadlineNanos - nanoTime.getAsLong();
            if (remaining <= 0) {
                break;
            }
            if (ownCloser != null) {
                ownCloser.relieve();
            }
            interrupted = !pause(Math.min(remaining, TimeUnit.MILLISECONDS.toNanos(5)));
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean pause(long nanos) {
        try {
            pause.nanos(nanos);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    /**
     * Refuses new connections, closes all there are for {@link CloseReason#SHUTDOWN}, and waits up to five seconds for
     * their close actions. Calling it again is harmless. To spare the clients, {@link #close(Duration)} first.
     */
    @Override
    public void close() {
        ledger.refuse();
        closeOldest(ledger.total());
        awaitClosing(nanoTime.getAsLong() + CLOSE_WITHIN_NANOS, false);
        endSweeps();
    }

    private void endSweeps() {
        sweeps.cancel(false);
        if (ownScheduler != null) {
            ownScheduler.shutdown();
        }
    }

    void closeByClient(Entry<O, C> entry) {
        if (ledger.remove(entry, CloseReason.CLIENT)) {
            closing.incrementAndGet();
            runOnClose(entry.connection, CloseReason.CLIENT);
        }
    }

    private void closeElsewhere(Entry<O, C> entry, CloseReason reason) {
        closing.incrementAndGet();
        try {
            closer.execute(() -> runOnClose(entry.connection, reason));
        } catch (RejectedExecutionException e) {
            warnings.warn("The closeExecutor of registry '" + name + "' rejects work; closing on this thread.", e);
            runOnClose(entry.connection, reason);
        }
    }

    private void runOnClose(C connection, CloseReason reason) {
        try {
            onClose.close(connection, reason);
        } catch (Throwable e) {
            failedCloses.incrementAndGet();
            warnings.warn("The close action of registry '" + name + "' failed for reason " + reason + ".", e);
        } finally {
            closing.decrementAndGet();
        }
    }

    private void sweepSafely() {
        try {
            sweep();
        } catch (Throwable e) {
            warnings.warn("A sweep of registry '" + name + "' failed; the next one goes on.", e);
        }
    }

    /** Ends the tick and closes what has expired. */
    void sweep() {
        long now = nanoTime.getAsLong();
        ledger.tick(now);
        while (ledger.mayExpire(now)) {
            ledger.takeAged(now, BATCH).forEach(entry -> closeElsewhere(entry, CloseReason.AGED));
            ledger.takeIdle(now, BATCH).forEach(entry -> closeElsewhere(entry, CloseReason.IDLE));
        }
        if (ownCloser != null) {
            ownCloser.relieve();
        }
        if (heartbeats != null && heartbeat != null) {
            outboxes.send(heartbeats.due(now), heartbeat);
        }
        outboxes.sweep(now);
        if (isEnding && closing.get() == 0) {
            endSweeps();
        }
    }

    /** How many entries expiry and eviction have looked at. */
    long visited() {
        return ledger.visited();
    }

    /** How many ticks are kept. */
    int ticks() {
        return ledger.ticks();
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "ConnectionRegistry[%s, total=%d]", name, ledger.total());
    }

    /** How the registry passes time while it closes. */
    @FunctionalInterface
    interface Pause {
        void nanos(long nanos) throws InterruptedException;
    }

    /**
     * The settings of a {@link ConnectionRegistry}. Each setter rejects a value that it cannot honour at once, with an
     * {@link IllegalArgumentException}, and returns this builder. A registry keeps the settings it was built with: the
     * builder may be changed afterwards and build another. Not thread-safe.
     *
     * @param <O> the type of owner
     * @param <C> the type of connection
     */
    public static final class Builder<O, C> {
        private static final long LONGEST_DEFAULT_SWEEP = TimeUnit.SECONDS.toNanos(1);
        private static final long SHORTEST_DEFAULT_SWEEP = TimeUnit.MILLISECONDS.toNanos(10);

        final String name;
        int maximumTotal;
        int maximumPerOwner;
        WhenFull whenFull = WhenFull.REJECT;
        long idleNanos;
        long maximumAgeNanos;
        long sweepNanos;
        LongSupplier ticker = System::nanoTime;

        @Nullable
        Executor closeExecutor;

        @Nullable
        Executor sendExecutor;

        @Nullable
        Sending<? super C> heartbeat;

        long heartbeatNanos;
        int outboxMessages = 64;
        long outboxBytes = 1 << 20;
        WhenSlow whenSlow = WhenSlow.CLOSE;
        long sendNanos = TimeUnit.SECONDS.toNanos(10);

        @Nullable
        ScheduledExecutorService scheduler;

        private @Nullable CloseAction<? super C> onClose;

        private Builder(String name) {
            this.name = Objects.requireNonNull(name, "name");
            if (name.isBlank()) {
                throw new IllegalArgumentException("name must not be blank; messages carry it");
            }
        }

        /**
         * Limits the connections of all owners together. Has to be set.
         *
         * @param connections at least 1
         * @return this
         */
        public Builder<O, C> maximumTotal(int connections) {
            atLeastOne("maximumTotal", connections);
            this.maximumTotal = connections;
            return this;
        }

        /**
         * Limits the connections of each owner. Default: only the total is limited.
         *
         * @param connections at least 1, at most {@code maximumTotal}
         * @return this
         */
        public Builder<O, C> maximumPerOwner(int connections) {
            atLeastOne("maximumPerOwner", connections);
            this.maximumPerOwner = connections;
            return this;
        }

        /**
         * Says what happens when a limit is reached. Default: {@link WhenFull#REJECT}.
         *
         * @param action what happens
         * @return this
         */
        public Builder<O, C> whenFull(WhenFull action) {
            Objects.requireNonNull(action, "whenFull");
            this.whenFull = action;
            return this;
        }

        /**
         * Closes a connection that has not been touched for this time. Default: never.
         *
         * @param time positive
         * @return this
         */
        public Builder<O, C> idleAfter(Duration time) {
            positive("idleAfter", time);
            this.idleNanos = saturatedNanos(time);
            return this;
        }

        /**
         * Closes a connection so long after its registration, in use or not. Default: never.
         *
         * @param time positive
         * @return this
         */
        public Builder<O, C> maximumAge(Duration time) {
            positive("maximumAge", time);
            this.maximumAgeNanos = saturatedNanos(time);
            return this;
        }

        /**
         * Sets the time between sweeps, which is the precision of {@code idleAfter} and {@code maximumAge} and of who is
         * idlest. Default: a quarter of the shorter of the two, at least 10 ms and at most 1 s.
         *
         * @param time positive
         * @return this
         */
        public Builder<O, C> sweepEvery(Duration time) {
            positive("sweepEvery", time);
            this.sweepNanos = saturatedNanos(time);
            return this;
        }

        /**
         * Says how to close a connection. Has to be set.
         *
         * @param action called exactly once for each connection
         * @return this
         */
        public Builder<O, C> onClose(CloseAction<? super C> action) {
            Objects.requireNonNull(action, "onClose");
            this.onClose = action;
            return this;
        }

        /**
         * Runs the close actions for all reasons but {@link CloseReason#CLIENT}. Default: a few daemon threads that exist
         * while there is something to close, with a replacement for each that hangs. If you pass an executor, see to it
         * that one hanging action does not hold up the others. It stays the caller's to shut down.
         *
         * @param executor the executor
         * @return this
         */
        public Builder<O, C> closeExecutor(Executor executor) {
            Objects.requireNonNull(executor, "closeExecutor");
            this.closeExecutor = executor;
            return this;
        }

        /**
         * Sends something to each connection now and then, to keep it alive and to find out whether it is. Each
         * connection has a rhythm of its own. One whose heartbeat cannot be sent is closed for
         * {@link CloseReason#FAILED_HEARTBEAT}. Default: no heartbeats.
         *
         * @param every the time between two, positive; precise to a sweep
         * @param sending sends the heartbeat
         * @return this
         */
        public Builder<O, C> heartbeat(Duration every, Sending<? super C> sending) {
            positive("heartbeat", every);
            Objects.requireNonNull(sending, "sending");
            this.heartbeatNanos = saturatedNanos(every);
            this.heartbeat = sending;
            return this;
        }

        /**
         * Limits what waits to be sent to one connection. Default: 64 messages and 1 MiB.
         *
         * @param messages at least 1
         * @param bytes at least 1; a message that is larger alone is taken all the same while nothing else waits
         * @return this
         */
        public Builder<O, C> outbox(int messages, long bytes) {
            atLeastOne("outbox messages", messages);
            if (bytes < 1) {
                throw new IllegalArgumentException("outbox bytes must be at least 1, but was " + bytes);
            }
            this.outboxMessages = messages;
            this.outboxBytes = bytes;
            return this;
        }

        /**
         * Says what happens to a message for a connection whose outbox is full. Default: {@link WhenSlow#CLOSE}.
         *
         * @param action what happens
         * @return this
         */
        public Builder<O, C> whenSlow(WhenSlow action) {
            this.whenSlow = Objects.requireNonNull(action, "whenSlow");
            return this;
        }

        /**
         * Closes a connection, for {@link CloseReason#SLOW}, when one message to it has been on its way for so long.
         * Default: 10 seconds.
         *
         * @param time positive; precise to a sweep
         * @return this
         */
        public Builder<O, C> sendTimeout(Duration time) {
            positive("sendTimeout", time);
            this.sendNanos = saturatedNanos(time);
            return this;
        }

        /**
         * Runs what is sent. Default: a few daemon threads that exist while there is something to send, with stand-ins for
         * those that hang. If you pass an executor, see to it that one send that hangs does not hold up the others, and let
         * a {@link Sending} return a stage: a send that blocks there is not found by {@link #sendTimeout}. It stays the
         * caller's to shut down.
         *
         * @param executor the executor
         * @return this
         */
        public Builder<O, C> sendExecutor(Executor executor) {
            this.sendExecutor = Objects.requireNonNull(executor, "sendExecutor");
            return this;
        }

        /**
         * Runs the sweeps. Default: a daemon thread of the registry. It stays the caller's to shut down.
         *
         * @param executor the scheduler
         * @return this
         */
        public Builder<O, C> scheduler(ScheduledExecutorService executor) {
            Objects.requireNonNull(executor, "scheduler");
            this.scheduler = executor;
            return this;
        }

        /**
         * Replaces the clock. Default: {@link System#nanoTime()}.
         *
         * @param nanoTime the nanoseconds since some fixed moment
         * @return this
         */
        public Builder<O, C> ticker(LongSupplier nanoTime) {
            Objects.requireNonNull(nanoTime, "ticker");
            this.ticker = nanoTime;
            return this;
        }

        /**
         * Builds the registry and starts its sweeps.
         *
         * @return the registry
         * @throws IllegalStateException if a setting is missing or two contradict each other
         */
        public ConnectionRegistry<O, C> build() {
            return build(TimeUnit.NANOSECONDS::sleep);
        }

        ConnectionRegistry<O, C> build(ConnectionRegistry.Pause pause) {
            CloseAction<? super C> action = onClose;
            if (maximumTotal == 0) {
                throw new IllegalStateException("maximumTotal of registry '" + name + "' must be set.");
            }
            if (action == null) {
                throw new IllegalStateException("onClose of registry '" + name + "' must be set.");
            }
            if (maximumPerOwner > maximumTotal) {
                throw new IllegalStateException(String.format(
                        Locale.ROOT,
                        "maximumPerOwner=%d of registry '%s' must be at most maximumTotal=%d.",
                        maximumPerOwner,
                        name,
                        maximumTotal));
            }
            return new ConnectionRegistry<>(this, action, pause);
        }

        int effectiveMaximumPerOwner() {
            return maximumPerOwner == 0 ? maximumTotal : maximumPerOwner;
        }

        long effectiveSweepNanos() {
            if (sweepNanos > 0) {
                return sweepNanos;
            }
            long shortest = Math.min(
                    Math.min(
                            idleNanos == 0 ? Long.MAX_VALUE : idleNanos,
                            heartbeatNanos == 0 ? Long.MAX_VALUE : heartbeatNanos),
                    maximumAgeNanos == 0 ? Long.MAX_VALUE : maximumAgeNanos);
            return Math.max(SHORTEST_DEFAULT_SWEEP, Math.min(LONGEST_DEFAULT_SWEEP, shortest / 4));
        }

        private static void atLeastOne(String setting, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(setting + " must be at least 1, but was " + value);
            }
        }

        private static void positive(String setting, Duration value) {
            Objects.requireNonNull(value, setting);
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException(setting + " must be positive, but was " + value);
            }
        }

        static void notNegative(String setting, Duration value) {
            if (value.isNegative()) {
                throw new IllegalArgumentException(setting + " must not be negative, but was " + value);
            }
        }

        static long saturatedNanos(Duration time) {
            try {
                return time.toNanos();
            } catch (ArithmeticException e) {
                return Long.MAX_VALUE / 2;
            }
        }
    }
}

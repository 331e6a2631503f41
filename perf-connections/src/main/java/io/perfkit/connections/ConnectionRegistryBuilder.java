package io.perfkit.connections;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a {@link ConnectionRegistry}. Immutable: each method returns a new builder.
 *
 * @param <O> the type of owner
 * @param <C> the type of connection
 */
public final class ConnectionRegistryBuilder<O, C> {
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
    ScheduledExecutorService scheduler;

    private @Nullable CloseAction<? super C> onClose;

    ConnectionRegistryBuilder(String name) {
        this.name = Objects.requireNonNull(name, "name");
    }

    private ConnectionRegistryBuilder<O, C> with(Consumer<ConnectionRegistryBuilder<O, C>> change) {
        ConnectionRegistryBuilder<O, C> copy = new ConnectionRegistryBuilder<>(name);
        copy.maximumTotal = maximumTotal;
        copy.maximumPerOwner = maximumPerOwner;
        copy.whenFull = whenFull;
        copy.idleNanos = idleNanos;
        copy.maximumAgeNanos = maximumAgeNanos;
        copy.sweepNanos = sweepNanos;
        copy.ticker = ticker;
        copy.closeExecutor = closeExecutor;
        copy.scheduler = scheduler;
        copy.onClose = onClose;
        change.accept(copy);
        return copy;
    }

    /**
     * Limits the connections of all owners together. Has to be set.
     *
     * @param connections at least 1
     * @return a new builder
     */
    public ConnectionRegistryBuilder<O, C> maximumTotal(int connections) {
        atLeastOne("maximumTotal", connections);
        return with(b -> b.maximumTotal = connections);
    }

    /**
     * Limits the connections of each owner. Default: only the total is limited.
     *
     * @param connections at least 1, at most {@code maximumTotal}
     * @return a new builder
     */
    public ConnectionRegistryBuilder<O, C> maximumPerOwner(int connections) {
        atLeastOne("maximumPerOwner", connections);
        return with(b -> b.maximumPerOwner = connections);
    }

    /**
     * Says what happens when a limit is reached. Default: {@link WhenFull#REJECT}.
     *
     * @param action what happens
     * @return a new builder
     */
    public ConnectionRegistryBuilder<O, C> whenFull(WhenFull action) {
        Objects.requireNonNull(action, "whenFull");
        return with(b -> b.whenFull = action);
    }

    /**
     * Closes a connection that hasn't been touched for so long. Default: never.
     *
     * @param time positive
     * @return a new builder
     */
    public ConnectionRegistryBuilder<O, C> idleAfter(Duration time) {
        positive("idleAfter", time);
        return with(b -> b.idleNanos = saturatedNanos(time));
    }

    /**
     * Closes a connection so long after its registration, in use or not. Default: never.
     *
     * @param time positive
     * @return a new builder
     */
    public ConnectionRegistryBuilder<O, C> maximumAge(Duration time) {
        positive("maximumAge", time);
        return with(b -> b.maximumAgeNanos = saturatedNanos(time));
    }

    /**
     * Sets the time between sweeps, which is the precision of {@code idleAfter} and {@code maximumAge} and of who is
     * idlest. Default: a quarter of the shorter of the two, at least 10 ms and at most 1 s.
     *
     * @param time positive
     * @return a new builder
     */
    public ConnectionRegistryBuilder<O, C> sweepEvery(Duration time) {
        positive("sweepEvery", time);
        return with(b -> b.sweepNanos = saturatedNanos(time));
    }

    /**
     * Says how to close a connection. Has to be set.
     *
     * @param action called exactly once for each connection
     * @return a new builder
     */
    public ConnectionRegistryBuilder<O, C> onClose(CloseAction<? super C> action) {
        Objects.requireNonNull(action, "onClose");
        return with(b -> b.onClose = action);
    }

    /**
     * Runs the close actions for all reasons but {@link CloseReason#CLIENT}. Default: a few daemon threads that exist
     * while there is something to close, with a replacement for each that hangs. Whoever gives an executor sees to it
     * that one hanging action doesn't hold up the others. It stays the caller's to shut down.
     *
     * @param executor the executor
     * @return a new builder
     */
    public ConnectionRegistryBuilder<O, C> closeExecutor(Executor executor) {
        Objects.requireNonNull(executor, "closeExecutor");
        return with(b -> b.closeExecutor = executor);
    }

    /**
     * Runs the sweeps. Default: a daemon thread of the registry. It stays the caller's to shut down.
     *
     * @param executor the scheduler
     * @return a new builder
     */
    public ConnectionRegistryBuilder<O, C> scheduler(ScheduledExecutorService executor) {
        Objects.requireNonNull(executor, "scheduler");
        return with(b -> b.scheduler = executor);
    }

    /**
     * Replaces the clock. Default: {@link System#nanoTime()}.
     *
     * @param nanoTime the nanoseconds since some fixed moment
     * @return a new builder
     */
    public ConnectionRegistryBuilder<O, C> ticker(LongSupplier nanoTime) {
        Objects.requireNonNull(nanoTime, "ticker");
        return with(b -> b.ticker = nanoTime);
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
                idleNanos == 0 ? Long.MAX_VALUE : idleNanos, maximumAgeNanos == 0 ? Long.MAX_VALUE : maximumAgeNanos);
        return Math.max(SHORTEST_DEFAULT_SWEEP, Math.min(LONGEST_DEFAULT_SWEEP, shortest / 4));
    }

    private static void atLeastOne(String setting, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(setting + " must be at least 1, but was " + value);
        }
    }

    private static void positive(String setting, Duration value) {
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

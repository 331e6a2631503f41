package io.perfkit.connections;

import io.perfkit.connections.internal.FairSlots;
import io.perfkit.connections.internal.Hold;
import io.perfkit.connections.internal.Slot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bounded pool of any reusable object: transformers, parsers, clients of a protocol.
 *
 * <p><b>Guarantees.</b>
 *
 * <ul>
 *   <li>Never are more than {@code size} objects in being, whatever fails. A factory, reset, validation or destruction that
 *       throws, an {@code Error} too, loses no place and hangs no waiter.
 *   <li>Who asks first is served first, unless {@code passFor} lets a running thread go first. Waiting threads are parked;
 *       virtual threads are welcome.
 *   <li>An object is reset when it is returned, and destroyed if that fails, if it was invalidated, or if it has become too
 *       old. The one returned last is handed out first.
 *   <li>A wait that ends without an object throws a {@link PoolTimeoutException} that lists who holds what since when. Where
 *       every holder waits for another object, the youngest fails after 0.2 s with that explanation. A lease that was
 *       dropped without being closed is reported, and its place taken back for whoever waits.
 * </ul>
 *
 * <p>Factory, reset, validation and destruction run on the thread that acquires or returns, and no lock is held meanwhile.
 * Acquiring and returning cost one compare-and-set each while nobody waits, and a look at each place.
 *
 * <p>Safe for use by any number of threads.
 *
 * @param <T> the type of object
 */
public final class BoundedPool<T> implements Pool, AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(BoundedPool.class);
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final String name;
    private final Factory<? extends T> factory;
    private final Action<? super T> reset;
    private final Check<? super T> validate;
    private final Action<? super T> destroy;
    private final long maximumAgeNanos;
    private final long idleNanos;
    private final boolean recordsCallSites;
    private final LongSupplier nanoTime;
    private final FairSlots slots;
    private final AtomicInteger generation = new AtomicInteger();
    private final LongAdder timeouts = new LongAdder();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition returned = lock.newCondition();

    private BoundedPool(Builder<T> b) {
        name = b.name;
        factory = b.factory;
        reset = b.reset;
        validate = b.validate;
        destroy = b.destroy;
        maximumAgeNanos = b.maximumAgeNanos;
        idleNanos = b.idleNanos;
        recordsCallSites = b.recordCallSites;
        nanoTime = b.ticker;
        slots = new FairSlots(b.size, 0, 0, b.passNanos, b.ticker);
    }

    /**
     * Makes an object.
     *
     * @param <T> the type of object
     */
    @FunctionalInterface
    public interface Factory<T> {
        /**
         * Makes an object.
         *
         * @return the object, not null
         * @throws Exception if it cannot be made; the caller who asked for it gets that
         */
        T create() throws Exception;
    }

    /**
     * Does something to an object.
     *
     * @param <T> the type of object
     */
    @FunctionalInterface
    public interface Action<T> {
        /**
         * Does it.
         *
         * @param value the object
         * @throws Exception if it failed; the object is then of no more use
         */
        void on(T value) throws Exception;
    }

    /**
     * Says whether an object is still of use.
     *
     * @param <T> the type of object
     */
    @FunctionalInterface
    public interface Check<T> {
        /**
         * Looks at an object before it is handed out.
         *
         * @param value the object
         * @return whether it is of use
         * @throws Exception if it is not
         */
        boolean passes(T value) throws Exception;
    }

    /**
     * A pool with defaults for all else.
     *
     * @param name the name for messages
     * @param size the most objects, at least 1
     * @param factory makes an object
     * @param reset makes a returned object as good as new
     * @param <T> the type of object
     * @return the pool
     */
    public static <T> BoundedPool<T> of(String name, int size, Factory<? extends T> factory, Action<? super T> reset) {
        Builder<T> builder = builder(name, factory);
        return builder.size(size).reset(reset).build();
    }

    /**
     * Starts the configuration of a pool.
     *
     * @param name the name for messages
     * @param factory makes an object
     * @param <T> the type of object
     * @return a builder with defaults
     */
    public static <T> Builder<T> builder(String name, Factory<? extends T> factory) {
        return new Builder<>(name, factory);
    }

    /**
     * Acquires an object; waits for one if none is free.
     *
     * @param atMost how long to wait at most, not negative
     * @return a lease for the caller to close
     * @throws PoolTimeoutException if none became free in that time, or would not at the present pace
     * @throws ConnectionException if the pool is closed, the thread was interrupted while it waited (its interrupt status
     *     is then set), or the factory threw a checked exception, which is the cause
     */
    public Lease<T> acquire(Duration atMost) {
        if (atMost.isNegative()) {
            throw new IllegalArgumentException("atMost must not be negative, but was " + atMost);
        }
        long start = nanoTime.getAsLong();
        long nanos = Builder.saturatedNanos(atMost);
        Slot slot = slots.tryClaim();
        if (slot != null) {
            return lease(slot, start, start);
        }
        slot = awaitTurn(nanos, start + nanos, atMost);
        return lease(slot, start, nanoTime.getAsLong());
    }

    /**
     * Acquires an object if one is free, or may be made, at once and without passing anyone who waits.
     *
     * @return a lease for the caller to close, or null
     * @throws ConnectionException as {@link #acquire} does
     */
    public @Nullable Lease<T> tryAcquire() {
        if (slots.isClosed()) {
            throw closed();
        }
        Slot slot = slots.tryClaim();
        long now = nanoTime.getAsLong();
        return slot == null ? null : lease(slot, now, now);
    }

    private Slot awaitTurn(long nanos, long deadline, Duration atMost) {
        FairSlots.Waiter waiter = slots.enqueue("", nanos);
        if (waiter.granted == null && !waiter.refused) {
            slots.await(waiter, deadline, this::lookForAbandoned);
        }
        Slot granted = waiter.granted;
        if (granted == null && slots.cancel(waiter)) {
            throw failure(waiter, atMost);
        }
        return Objects.requireNonNull(waiter.granted);
    }

    private ConnectionException closed() {
        return new ConnectionException("Pool '" + name + "' is closed.");
    }

    private ConnectionException failure(FairSlots.Waiter waiter, Duration atMost) {
        if (slots.isClosed()) {
            return closed();
        }
        if (!waiter.refused && !waiter.deadlocked && Thread.currentThread().isInterrupted()) {
            return new ConnectionException("Interrupted while waiting for an object of pool '" + name + "'.");
        }
        timeouts.increment();
        List<Holder> holders = holders();
        StringBuilder text = new StringBuilder();
        if (waiter.deadlocked) {
            text.append(String.format(
                    Locale.ROOT,
                    "Pool '%s': every object is held by a thread that waits for another one, this thread included, so none"
                            + " would become free. Acquire one at a time.",
                    name));
        } else {
            text.append(String.format(
                    Locale.ROOT,
                    "Pool '%s': no object of %d %s within %.3f s; %d others wait.",
                    name,
                    slots.size(),
                    waiter.refused ? "would become free at the present pace" : "became free",
                    atMost.toNanos() / 1e9,
                    slots.waiting()));
        }
        text.append(" Look below for one that is held too long, or raise size. Held by:");
        for (Holder holder : holders) {
            text.append(String.format(
                    Locale.ROOT,
                    "%n  thread '%s' for %.3f s, %s",
                    holder.thread(),
                    holder.heldFor().toNanos() / 1e9,
                    holder.state()));
        }
        return new PoolTimeoutException(text.toString(), holders);
    }

    private Lease<T> lease(Slot slot, long start, long now) {
        try {
            Hold hold = new Hold(null, now, recordsCallSites);
            slot.heldBy(hold);
            Pooled<T> pooled = usable(slot, now);
            if (pooled == null) {
                pooled = new Pooled<>(create(), generation.get(), now);
                slot.item = pooled;
            }
            pooled.usedNanos = now;
            PoolLease<T> lease = new PoolLease<>(this, slot, hold, pooled);
            hold.inUse(lease);
            slot.acquired(now - start);
            return lease;
        } catch (Throwable e) {
            destroy(slot);
            free(slot, false, now);
            throw e;
        }
    }

    private T create() {
        try {
            return Objects.requireNonNull(factory.create(), () -> "The factory of pool '" + name + "' returned null.");
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectionException("Interrupted while pool '" + name + "' was making an object.", e);
        } catch (Exception e) {
            throw new ConnectionException("The factory of pool '" + name + "' failed.", e);
        }
    }

    /** What is in the slot, unless it is of no more use: then it is destroyed. */
    @SuppressWarnings("unchecked") // only this pool puts something there
    private @Nullable Pooled<T> usable(Slot slot, long now) {
        Pooled<T> pooled = (Pooled<T>) slot.item;
        if (pooled == null) {
            return null;
        }
        try {
            if (pooled.generation == generation.get()
                    && !(maximumAgeNanos > 0 && now - pooled.createdNanos >= maximumAgeNanos)
                    && !(idleNanos > 0 && now - pooled.usedNanos >= idleNanos)
                    && validate.passes(pooled.value)) {
                return pooled;
            }
        } catch (Throwable e) {
            LOGGER.debug("An object of pool '{}' could not be validated and is destroyed.", name, e);
        }
        destroy(slot);
        return null;
    }

    void giveBack(Slot slot, Hold hold, Pooled<T> pooled, boolean invalid) {
        hold.returning();
        boolean open = false;
        long now = 0;
        try {
            if (!invalid && !slots.isClosed() && !slots.isSurplus(slot) && pooled.generation == generation.get()) {
                reset.on(pooled.value);
                open = true;
            }
        } catch (Throwable e) {
            LOGGER.warn("An object of pool '{}' could not be reset and is destroyed.", name, e);
        } finally {
            if (!open) {
                destroy(slot);
            }
            now = nanoTime.getAsLong();
            pooled.usedNanos = now;
            slot.returned(now - hold.sinceNanos);
            free(slot, open, now);
        }
    }

    private void free(Slot slot, boolean open, long now) {
        slot.heldBy(null);
        slots.release(slot, open, now);
        if (slots.isClosed() || slots.isSurplus(slot)) {
            destroyIdle(slots.isClosed() ? 0 : slots.size());
            lock.lock();
            try {
                returned.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    @SuppressWarnings("unchecked") // only this pool puts something there
    private void destroy(Slot slot) {
        Pooled<T> pooled = (Pooled<T>) slot.item;
        slot.item = null;
        if (pooled != null) {
            try {
                destroy.on(pooled.value);
            } catch (Throwable e) {
                LOGGER.warn("An object of pool '{}' could not be destroyed.", name, e);
            }
        }
    }

    private void destroyIdle(int from) {
        Slot[] all = slots.all();
        for (int i = from; i < all.length; i++) {
            if (all[i].claim(Slot.IDLE)) {
                destroy(all[i]);
                slots.release(all[i], false);
            }
        }
    }

    /**
     * Changes the most objects there may be. Free ones that are too many are destroyed at once, those in use when they are
     * returned; who waits is served at once if there is room now.
     *
     * @param newSize at least 1
     */
    public void resize(int newSize) {
        Builder.atLeastOne("size", newSize);
        slots.resize(newSize);
        destroyIdle(newSize);
        for (Slot slot : slots.all()) {
            if (slot.state() == Slot.IDLE && slots.isSurplus(slot) && slot.claim(Slot.IDLE)) {
                destroy(slot);
                slots.release(slot, false);
            }
        }
    }

    /** Lets no object that is there now be handed out again: free ones are destroyed, those in use when they return. */
    public void evictAll() {
        generation.incrementAndGet();
        destroyIdle(0);
    }

    private void lookForAbandoned() {
        for (Slot slot : slots.all()) {
            Hold hold = slot.hold();
            if (hold != null && hold.isAbandoned() && hold.isFirstReport()) {
                LOGGER.warn(
                        "Pool '{}': a lease of thread '{}' was dropped without being closed; its place is taken back.",
                        name,
                        hold.thread,
                        hold.callSite);
                destroy(slot);
                free(slot, false, nanoTime.getAsLong());
            }
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Holder> holders() {
        long now = nanoTime.getAsLong();
        List<Holder> holders = new ArrayList<>();
        for (Slot slot : slots.all()) {
            Hold hold = slot.hold();
            if (hold != null) {
                holders.add(Holder.of(hold, now));
            }
        }
        holders.sort(Comparator.comparing(Holder::heldFor).reversed());
        return holders;
    }

    @Override
    public PoolStats stats() {
        return PoolStats.of(slots, slots.count(Slot.IDLE), 0, timeouts.sum());
    }

    /** Destroys the free objects, lets everyone fail who waits, and refuses new calls. Those in use go when returned. */
    @Override
    public void close() {
        slots.close();
        destroyIdle(0);
    }

    /**
     * As {@link #close()}, and waits for those in use. If interrupted, it waits no longer and returns with the interrupt
     * status set.
     *
     * @param within how long to wait at most
     * @return how many objects were destroyed, and how many were still in use
     */
    public CloseReport close(Duration within) {
        if (within.isNegative()) {
            throw new IllegalArgumentException("within must not be negative, but was " + within);
        }
        long deadline = nanoTime.getAsLong() + Builder.saturatedNanos(within);
        slots.close();
        int open = slots.count(Slot.HELD) + slots.count(Slot.IDLE);
        destroyIdle(0);
        lock.lock();
        try {
            while (slots.count(Slot.HELD) > 0) {
                long left = deadline - nanoTime.getAsLong();
                if (left <= 0) {
                    break;
                }
                returned.awaitNanos(Math.min(left, LOOK_AGAIN_NANOS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        int held = slots.count(Slot.HELD);
        return new CloseReport(Math.max(0, open - held), held, 0);
    }

    @Override
    public String toString() {
        return "BoundedPool[" + name + ", held=" + slots.count(Slot.HELD) + ", idle=" + slots.count(Slot.IDLE) + "]";
    }

    /**
     * The settings of a {@link BoundedPool}. Each setter rejects a value that it cannot honour at once, with an
     * {@link IllegalArgumentException}, and returns this builder. A pool keeps the settings it was built with: the builder
     * may be changed afterwards and build another. Not thread-safe.
     *
     * @param <T> the type of object
     */
    public static final class Builder<T> {
        private final String name;
        private final Factory<? extends T> factory;
        private int size = 10;
        private Action<? super T> reset = value -> {};
        private Check<? super T> validate = value -> true;
        private Action<? super T> destroy = value -> {
            if (value instanceof AutoCloseable closeable) {
                closeable.close();
            }
        };
        private long maximumAgeNanos;
        private long idleNanos;
        private long passNanos;
        private boolean recordCallSites;
        private LongSupplier ticker = System::nanoTime;

        private Builder(String name, Factory<? extends T> factory) {
            this.name = Objects.requireNonNull(name, "name");
            if (name.isBlank()) {
                throw new IllegalArgumentException("name must not be blank; messages carry it");
            }
            this.factory = Objects.requireNonNull(factory, "factory");
        }

        /**
         * Sets the most objects. They are made as they are needed, and kept. Default: 10.
         *
         * @param objects at least 1
         * @return this
         */
        public Builder<T> size(int objects) {
            atLeastOne("size", objects);
            this.size = objects;
            return this;
        }

        /**
         * Makes a returned object as good as new; one for which this throws is destroyed. Default: nothing.
         *
         * @param action runs at each return
         * @return this
         */
        public Builder<T> reset(Action<? super T> action) {
            this.reset = Objects.requireNonNull(action, "reset");
            return this;
        }

        /**
         * Looks at an object that was used before, before it is handed out again; one that does not pass is destroyed and
         * replaced. Default: nothing.
         *
         * @param check runs at each acquisition of a used object
         * @return this
         */
        public Builder<T> validate(Check<? super T> check) {
            this.validate = Objects.requireNonNull(check, "validate");
            return this;
        }

        /**
         * Ends an object. Default: closes it if it is {@link AutoCloseable}.
         *
         * @param action runs once for each object
         * @return this
         */
        public Builder<T> destroy(Action<? super T> action) {
            this.destroy = Objects.requireNonNull(action, "destroy");
            return this;
        }

        /**
         * Replaces an object, when it is next acquired, that was made longer ago than this. Default: never.
         *
         * @param time positive
         * @return this
         */
        public Builder<T> maximumAge(Duration time) {
            this.maximumAgeNanos = positive("maximumAge", time);
            return this;
        }

        /**
         * Replaces an object, when it is next acquired, that was not used for this time. Default: never.
         *
         * @param time positive
         * @return this
         */
        public Builder<T> idleAfter(Duration time) {
            this.idleNanos = positive("idleAfter", time);
            return this;
        }

        /**
         * Lets a thread that runs go before those that wait, until the first of them has waited for so long. Default: zero,
         * strictly first come, first served.
         *
         * @param time not negative
         * @return this
         */
        public Builder<T> passFor(Duration time) {
            if (time.isNegative()) {
                throw new IllegalArgumentException("passFor must not be negative, but was " + time);
            }
            this.passNanos = saturatedNanos(time);
            return this;
        }

        /**
         * Records for each lease where it was acquired, which costs some microseconds. Default: false.
         *
         * @param record whether to
         * @return this
         */
        public Builder<T> recordCallSites(boolean record) {
            this.recordCallSites = record;
            return this;
        }

        /**
         * Replaces the clock. Default: {@link System#nanoTime()}.
         *
         * @param nanoTime the nanoseconds since some fixed moment
         * @return this
         */
        public Builder<T> ticker(LongSupplier nanoTime) {
            this.ticker = Objects.requireNonNull(nanoTime, "ticker");
            return this;
        }

        /**
         * Builds the pool. No object is made before it is needed.
         *
         * @return the pool
         */
        public BoundedPool<T> build() {
            return new BoundedPool<>(this);
        }

        static void atLeastOne(String setting, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(setting + " must be at least 1, but was " + value);
            }
        }

        private static long positive(String setting, Duration time) {
            if (time.isNegative() || time.isZero()) {
                throw new IllegalArgumentException(setting + " must be positive, but was " + time);
            }
            return saturatedNanos(time);
        }

        static long saturatedNanos(Duration time) {
            try {
                return Math.min(time.toNanos(), Long.MAX_VALUE / 2);
            } catch (ArithmeticException e) {
                return Long.MAX_VALUE / 2;
            }
        }
    }
}

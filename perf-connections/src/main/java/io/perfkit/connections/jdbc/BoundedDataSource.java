package io.perfkit.connections.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.perfkit.connections.Owner;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A {@link DataSource} with a strict bound on open connections, a queue that is served first come, first served, and a
 * fair share for each owner.
 *
 * <p><b>Guarantees.</b>
 *
 * <ul>
 *   <li>Never are more than {@code size + overflow} connections open at once, nor more than the limit held by one
 *       owner, whatever fails.
 *   <li>Who asks first is served first. Nobody who comes later passes someone who waits, except someone whose owner is
 *       at its limit. Waiting threads are parked; virtual threads are welcome.
 *   <li>{@link #getConnection()} fails at once, without waiting, if at the present pace its turn would come only after
 *       {@code acquireTimeout}.
 *   <li>A wait that ends without a connection throws an {@link AcquireTimeoutException} that lists who holds what since
 *       when.
 *   <li>{@link Connection#close()} returns a connection exactly once; a connection used after that fails. A connection
 *       that breaks, or cannot be opened or reset, gives its place to the next in the queue, and no place is lost.
 * </ul>
 *
 * <p><b>Size and overflow</b> are those of SQLAlchemy's {@code QueuePool}: up to {@code size} connections are opened as
 * they are needed and kept; when all are in use, up to {@code overflow} more are opened, and closed as soon as they are
 * returned, unless somebody waits, who then gets them. A pool that is often in its overflow opens connections often:
 * choose a {@code size} for the ordinary peak, and {@code overflow} for the rare one.
 *
 * <p><b>Over an unpooled data source</b> (a driver's own), this class keeps the connections itself. A returned one is
 * rolled back unless it is in auto-commit mode, its open statements are closed, and the settings that were changed
 * through it are set back. Statements are the driver's own: {@code Statement.getConnection()} answers the physical
 * connection, which callers must not close or keep.
 *
 * <p><b>Over HikariCP</b>, HikariCP opens, validates, resets and retires the connections, and this class decides who
 * gets one and when. So that the queue is here and never in HikariCP, {@code size + overflow} must not be above its
 * {@code maximumPoolSize}: then HikariCP always has one free, or may open one, for the caller whose turn it is. From a
 * {@link HikariConfig}, a pool is made with {@code maximumPoolSize = size + overflow}, with {@code connectionTimeout =
 * acquireTimeout} (at least the 250 ms that HikariCP asks for) and, if set, {@code maxLifetime = recycleAfter}. With an
 * overflow it gets {@code minimumIdle = 0}, since HikariCP would otherwise open idle connections in place of those that
 * the overflow closes. A {@link HikariDataSource} of the caller is left as it is and must fit. HikariCP closes a
 * connection that it retires in the background, so for that moment the server may count one more.
 *
 * <p><b>Time.</b> {@code acquireTimeout} bounds the wait for a turn. Opening and validating a connection come after it
 * and are bounded by the driver's connect timeout and by 5 s. Acquiring and returning without a queue cost one
 * compare-and-set each besides the settings that have to be reset; with a queue, or with a limit per owner, they take a
 * lock for a moment, and logarithmic time in the number of waiters.
 *
 * <p>Safe for use by any number of threads.
 */
public final class BoundedDataSource implements DataSource, AutoCloseable {
    private final String name;
    private final FairSlots slots;
    private final PhysicalSource source;
    private final @Nullable Owner owner;
    private final int maximumPerOwner;
    private final long acquireNanos;
    private final LongSupplier nanoTime;

    BoundedDataSource(
            String name,
            FairSlots slots,
            PhysicalSource source,
            @Nullable Owner owner,
            int maximumPerOwner,
            long acquireNanos,
            LongSupplier nanoTime) {
        this.name = name;
        this.slots = slots;
        this.source = source;
        this.owner = owner;
        this.maximumPerOwner = maximumPerOwner;
        this.acquireNanos = acquireNanos;
        this.nanoTime = nanoTime;
    }

    /**
     * Starts the configuration of a pool over HikariCP, which is opened for it and closed with it. Not an overload of
     * {@link #builder}, which would then not compile where HikariCP is absent.
     *
     * @param name the name for messages; HikariCP's pool gets it too if it has none
     * @param config what HikariCP needs to know; it is copied
     * @return a builder with defaults
     */
    public static Builder hikari(String name, HikariConfig config) {
        return new Builder(name, Objects.requireNonNull(config, "config"), null);
    }

    /**
     * Starts the configuration of a pool over a data source, which stays the caller's to close.
     *
     * @param name the name for messages
     * @param dataSource an unpooled data source, whose connections are kept here; or a {@link HikariDataSource}, from
     *     which nothing else should borrow
     * @return a builder with defaults
     */
    public static Builder builder(String name, DataSource dataSource) {
        return new Builder(name, null, Objects.requireNonNull(dataSource, "dataSource"));
    }

    /**
     * Acquires a connection; waits for a turn if none is free.
     *
     * @return a connection for the caller to close
     * @throws AcquireTimeoutException if none became free within {@code acquireTimeout}, or would not at the present
     *     pace
     * @throws SQLException if the connection could not be opened, the thread was interrupted while it waited (its
     *     interrupt status is then set), or the pool is closed
     */
    @Override
    public Connection getConnection() throws SQLException {
        String forWhom = owner == null ? null : owner.current();
        Slot slot = slots.tryClaim();
        if (slot == null) {
            slot = awaitTurn(forWhom == null ? "" : forWhom);
        }
        try {
            long now = nanoTime.getAsLong();
            LeasedConnection lease = new LeasedConnection(this, slot, forWhom, now);
            slot.heldBy(lease);
            lease.opened(source.checkOut(slot, now), source.physical(slot));
            return lease;
        } catch (Throwable e) {
            slot.heldBy(null);
            slots.release(slot, false);
            throw e;
        }
    }

    private Slot awaitTurn(String forWhom) throws SQLException {
        FairSlots.Waiter waiter = slots.enqueue(forWhom, acquireNanos);
        if (waiter.granted == null && !waiter.refused) {
            slots.await(waiter, nanoTime.getAsLong() + acquireNanos);
        }
        Slot granted = waiter.granted;
        if (granted == null && slots.cancel(waiter)) {
            throw failure(waiter, forWhom);
        }
        granted = waiter.granted;
        if (granted == null) {
            throw new IllegalStateException("A waiter of pool '" + name + "' left the queue without a slot.");
        }
        return granted;
    }

    private SQLException failure(FairSlots.Waiter waiter, String forWhom) {
        if (slots.isClosed()) {
            return new SQLNonTransientConnectionException("Pool '" + name + "' is closed.", "08003");
        }
        if (!waiter.refused && Thread.currentThread().isInterrupted()) {
            return new SQLTransientConnectionException(
                    "Interrupted while waiting for a connection of pool '" + name + "'.", "08001");
        }
        double timeout = acquireNanos / 1e9;
        int waiting = slots.waiting();
        String what = waiter.refused
                ? String.format(
                        Locale.ROOT,
                        "Pool '%s': at the present pace a connection would be free only after %.3f s, which is beyond"
                                + " acquireTimeout=%.3f s; %d others wait.",
                        name,
                        waiter.expectedNanos / 1e9,
                        timeout,
                        waiting)
                : String.format(
                        Locale.ROOT,
                        "Pool '%s': no connection became free within acquireTimeout=%.3f s; %d others wait.",
                        name,
                        timeout,
                        waiting);
        String limits = maximumPerOwner == 0
                ? String.format(Locale.ROOT, " At most %d may be open.", slots.all().length)
                : String.format(
                        Locale.ROOT,
                        " At most %d may be open, and %d by owner '%s'.",
                        slots.all().length,
                        maximumPerOwner,
                        forWhom);
        return new AcquireTimeoutException(
                what + limits + " Look below for one that is held too long, or raise size.", holders());
    }

    void giveBack(Slot slot, Connection connection, boolean broken) {
        slot.heldBy(null);
        boolean open = false;
        if (broken || slots.isClosed()) {
            source.discard(slot, connection);
        } else {
            open = source.checkIn(slot, connection, slots.hasWaiters());
        }
        if (open && slot.overflow) {
            if (slots.handOver(slot)) {
                return;
            }
            source.closeIdle(slot);
            open = false;
        }
        slots.release(slot, open);
        if (slots.isClosed()) {
            closeIdle();
        }
    }

    private void closeIdle() {
        for (Slot slot : slots.all()) {
            if (slot.claim(Slot.IDLE)) {
                source.closeIdle(slot);
                slots.release(slot, false);
            }
        }
    }

    /**
     * Who holds a connection now.
     *
     * @return those who have held one longest first
     */
    public List<Holder> holders() {
        long now = nanoTime.getAsLong();
        List<Holder> holders = new ArrayList<>();
        for (Slot slot : slots.all()) {
            LeasedConnection lease = slot.lease();
            if (lease != null) {
                holders.add(lease.holder(now));
            }
        }
        holders.sort(Comparator.comparing(Holder::heldFor).reversed());
        return holders;
    }

    /**
     * Counts connections and waiters.
     *
     * @return the numbers
     */
    public PoolStats stats() {
        return new PoolStats(slots.count(Slot.HELD), source.idle(slots), slots.waiting(), slots.all().length);
    }

    /**
     * Closes the idle connections, lets everyone fail who waits, and refuses new calls. A connection in use is closed
     * when it is returned; but a HikariCP pool that was opened for this one aborts those in use, as it does when closed.
     * Does not wait otherwise. Calling it again is harmless.
     */
    @Override
    public void close() {
        slots.close();
        closeIdle();
        source.close();
    }

    String name() {
        return name;
    }

    /** The owners that hold or wait for something, as far as shares are limited. */
    int owners() {
        return slots.owners();
    }

    /**
     * Not supported: all connections of a pool have the same user.
     *
     * @throws SQLFeatureNotSupportedException always
     */
    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException(
                "Pool '" + name + "' has one user for all connections. Use getConnection() without arguments.");
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return source.dataSource().getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        source.dataSource().setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        source.dataSource().setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return source.dataSource().getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return source.dataSource().getParentLogger();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (type.isInstance(this)) {
            return type.cast(this);
        }
        DataSource inner = source.dataSource();
        return type.isInstance(inner) ? type.cast(inner) : inner.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        DataSource inner = source.dataSource();
        return type.isInstance(this) || type.isInstance(inner) || inner.isWrapperFor(type);
    }

    @Override
    public String toString() {
        return "BoundedDataSource[" + name + ", " + stats() + "]";
    }

    /**
     * The settings of a {@link BoundedDataSource}. Each setter rejects a value that it cannot honour at once, with an
     * {@link IllegalArgumentException}, and returns this builder. A pool keeps the settings it was built with: the
     * builder may be changed afterwards and build another. Not thread-safe.
     */
    public static final class Builder {
        private static final boolean HIKARI_IS_PRESENT = isPresent("com.zaxxer.hikari.HikariDataSource");

        private final String name;
        private final @Nullable HikariConfig config;
        private final @Nullable DataSource dataSource;
        private int size = 10;
        private int overflow;
        private long acquireNanos = TimeUnit.SECONDS.toNanos(30);
        private long recycleNanos;
        private Validation validation = Validation.WHEN_RESTED;
        private @Nullable Owner owner;
        private int maximumPerOwner;
        private LongSupplier ticker = System::nanoTime;

        private Builder(String name, @Nullable HikariConfig config, @Nullable DataSource dataSource) {
            this.name = Objects.requireNonNull(name, "name");
            if (name.isBlank()) {
                throw new IllegalArgumentException("name must not be blank; messages carry it");
            }
            this.config = config;
            this.dataSource = dataSource;
        }

        /**
         * Sets how many connections are opened as they are needed, and kept. Default: 10.
         *
         * @param connections at least 1
         * @return this
         */
        public Builder size(int connections) {
            atLeast("size", 1, connections);
            this.size = connections;
            return this;
        }

        /**
         * Sets how many more are opened while all of those are in use, and closed when they are returned. Default: 0.
         *
         * @param connections at least 0
         * @return this
         */
        public Builder overflow(int connections) {
            atLeast("overflow", 0, connections);
            this.overflow = connections;
            return this;
        }

        /**
         * Sets how long a caller waits for a turn at most. Default: 30 seconds.
         *
         * @param time not negative; zero never waits
         * @return this
         */
        public Builder acquireTimeout(Duration time) {
            if (time.isNegative()) {
                throw new IllegalArgumentException("acquireTimeout must not be negative, but was " + time);
            }
            this.acquireNanos = saturatedNanos(time);
            return this;
        }

        /**
         * Replaces a connection, when it is next acquired, that is older than this. Over HikariCP, it is the
         * {@code maxLifetime}. Default: never, or what HikariCP is configured for.
         *
         * @param time positive; at least 30 seconds over HikariCP
         * @return this
         */
        public Builder recycleAfter(Duration time) {
            if (time.isNegative() || time.isZero()) {
                throw new IllegalArgumentException("recycleAfter must be positive, but was " + time);
            }
            this.recycleNanos = saturatedNanos(time);
            return this;
        }

        /**
         * Tests each connection with {@link java.sql.Connection#isValid} before it is handed out, at the cost of a round
         * trip, or none at all. Default: one that was not acquired within the last 500 ms is tested; over HikariCP, it is
         * HikariCP that does so, and {@code false} leaves that as it is.
         *
         * @param always whether to test each time, rather than never
         * @return this
         */
        public Builder validateOnAcquire(boolean always) {
            this.validation = always ? Validation.ALWAYS : Validation.NEVER;
            return this;
        }

        /**
         * Limits the connections that each owner may hold at once. Callers of an owner at its limit wait, and others pass
         * them. All calls without an owner count as one owner's. Default: no such limit.
         *
         * @param whose says whose call it is
         * @param connections at least 1, at most {@code size + overflow}
         * @return this
         */
        public Builder perOwner(Owner whose, int connections) {
            Objects.requireNonNull(whose, "owner");
            atLeast("perOwner", 1, connections);
            this.owner = whose;
            this.maximumPerOwner = connections;
            return this;
        }

        /**
         * Replaces the clock. Default: {@link System#nanoTime()}.
         *
         * @param nanoTime the nanoseconds since some fixed moment
         * @return this
         */
        public Builder ticker(LongSupplier nanoTime) {
            Objects.requireNonNull(nanoTime, "ticker");
            this.ticker = nanoTime;
            return this;
        }

        /**
         * Builds the pool. Over an unpooled data source, nothing is opened before it is needed; a HikariCP pool opens
         * connections as it is configured to.
         *
         * @return the pool
         * @throws IllegalStateException if two settings contradict each other
         */
        public BoundedDataSource build() {
            int maximum = Math.addExact(size, overflow);
            if (maximumPerOwner > maximum) {
                throw contradiction(
                        "perOwner=%d must be at most size=%d + overflow=%d", maximumPerOwner, size, overflow);
            }
            FairSlots slots = new FairSlots(size, overflow, maximumPerOwner, ticker);
            return new BoundedDataSource(name, slots, source(maximum), owner, maximumPerOwner, acquireNanos, ticker);
        }

        private PhysicalSource source(int maximum) {
            if (config != null) {
                return HikariFit.open(this, config, maximum);
            }
            DataSource given = Objects.requireNonNull(dataSource);
            if (HIKARI_IS_PRESENT) {
                HikariDataSource pool = HikariFit.poolOf(given);
                if (pool != null) {
                    return HikariFit.over(this, pool, given, maximum);
                }
            }
            return new DirectSource(given, validation, recycleNanos);
        }

        private static boolean isPresent(String type) {
            try {
                Class.forName(type, false, BoundedDataSource.class.getClassLoader());
                return true;
            } catch (ClassNotFoundException e) {
                return false;
            }
        }

        String name() {
            return name;
        }

        int size() {
            return size;
        }

        int overflow() {
            return overflow;
        }

        long acquireNanos() {
            return acquireNanos;
        }

        long recycleNanos() {
            return recycleNanos;
        }

        Validation validation() {
            return validation;
        }

        IllegalStateException contradiction(String format, Object... values) {
            return new IllegalStateException(
                    "Pool '" + name + "': " + String.format(Locale.ROOT, format, values) + ".");
        }

        private static void atLeast(String setting, int least, int value) {
            if (value < least) {
                throw new IllegalArgumentException(setting + " must be at least " + least + ", but was " + value);
            }
        }

        private static long saturatedNanos(Duration time) {
            try {
                return time.toNanos();
            } catch (ArithmeticException e) {
                return Long.MAX_VALUE / 2;
            }
        }
    }
}

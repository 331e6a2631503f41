package io.perfkit.connections.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.perfkit.connections.CloseReport;
import io.perfkit.connections.Holder;
import io.perfkit.connections.Owner;
import io.perfkit.connections.Pool;
import io.perfkit.connections.PoolStats;
import io.perfkit.connections.internal.FairSlots;
import io.perfkit.connections.internal.Hold;
import io.perfkit.connections.internal.Slot;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
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
 * through it are set back.
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
 * <p><b>Between borrowers</b> a connection is set back to what it was when it was opened: what was changed by the setters of
 * {@link Connection}, a transaction that was begun by SQL text, and, where the text of a statement shows it, what SQL has
 * changed in the session. PostgreSQL does the last with {@code DISCARD ALL}; another database's connection is closed
 * instead, unless {@code onReturn} says how. What a function or procedure sets inside is not seen.
 *
 * <p><b>Time.</b> {@code acquireTimeout} is one deadline for the wait, for opening and for validation: it is kept to within
 * a second also where the network swallows packets or the server stalls in the login, since both run under a bound of
 * their own. An opening that hangs is then given up, and until the driver ends it its socket may exist beside the
 * {@code size + overflow}; {@link PoolStats#hanging()} counts them. A return waits for 2 s at most for each answer of the
 * server, and for 1.5 s for a test. Acquiring and returning without a queue cost one
 * compare-and-set each besides the settings that have to be reset; with a queue, or with a limit per owner, they take a
 * lock for a moment, and logarithmic time in the number of waiters.
 *
 * <p>Safe for use by any number of threads.
 */
public final class BoundedDataSource implements DataSource, Pool, AutoCloseable {
    private final String name;
    private final FairSlots slots;
    private final PhysicalSource source;
    private final @Nullable Owner owner;
    private final int maximumPerOwner;
    private final long acquireNanos;
    private final LongSupplier nanoTime;
    private final Evictions evictions;
    private final Holds holds;
    private final LongAdder timeouts = new LongAdder();

    private BoundedDataSource(Builder settings, FairSlots slots, PhysicalSource source) {
        this.name = settings.name;
        this.slots = slots;
        this.source = source;
        this.owner = settings.owner;
        this.maximumPerOwner = settings.maximumPerOwner;
        this.acquireNanos = settings.acquireNanos;
        this.nanoTime = settings.ticker;
        this.evictions = settings.evictions();
        this.holds = new Holds(name, slots, source, settings.recordCallSites, settings.reclaimAbandoned);
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
        long start = nanoTime.getAsLong();
        long deadline = start + acquireNanos;
        long now = start;
        Slot slot = slots.tryClaim();
        if (slot == null) {
            slot = awaitTurn(forWhom == null ? "" : forWhom, deadline);
            now = nanoTime.getAsLong();
        }
        PhysicalConnection physical = null;
        try {
            Hold hold = holds.begin(slot, forWhom, now);
            physical = source.checkOut(slot, now, deadline);
            if (physical == null) {
                throw notOpened();
            }
            if (slots.isClosed()) {
                throw closed();
            }
            LeasedConnection lease = new LeasedConnection(this, slot, hold, physical);
            hold.inUse(lease);
            slot.acquired(now - start);
            return lease;
        } catch (Throwable e) {
            giveUp(slot, physical);
            throw e;
        }
    }

    private void giveUp(Slot slot, @Nullable PhysicalConnection physical) {
        try {
            if (physical != null) {
                source.discard(slot, physical);
            }
        } finally {
            slot.heldBy(null);
            slots.release(slot, false);
        }
    }

    private SQLException closed() {
        return new SQLNonTransientConnectionException("Pool '" + name + "' is closed.", "08003");
    }

    private AcquireTimeoutException notOpened() {
        timeouts.increment();
        return new AcquireTimeoutException(
                String.format(
                        Locale.ROOT,
                        "Pool '%s': the database did not open or confirm a connection within acquireTimeout=%.3f s;"
                                + " %d openings hang. Look whether it can be reached, and set the driver's connect and"
                                + " socket timeouts.",
                        name,
                        acquireNanos / 1e9,
                        source.hanging()),
                holders());
    }

    private Slot awaitTurn(String forWhom, long deadline) throws SQLException {
        FairSlots.Waiter waiter = slots.enqueue(forWhom, acquireNanos);
        if (waiter.granted == null && !waiter.refused) {
            slots.await(waiter, deadline, holds::lookForAbandoned);
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
            return closed();
        }
        if (!waiter.refused && !waiter.deadlocked && Thread.currentThread().isInterrupted()) {
            return new SQLTransientConnectionException(
                    "Interrupted while waiting for a connection of pool '" + name + "'.", "08001");
        }
        timeouts.increment();
        String limits = maximumPerOwner == 0
                ? String.format(Locale.ROOT, " At most %d may be open.", slots.size())
                : String.format(
                        Locale.ROOT,
                        " At most %d may be open, and %d by owner '%s'.",
                        slots.size(),
                        maximumPerOwner,
                        forWhom);
        int own = slots.held(Thread.currentThread().getId());
        String yours = own == 0 ? "" : String.format(Locale.ROOT, " You hold %d of them.", own);
        return new AcquireTimeoutException(
                what(waiter) + limits + yours + " Look below for one that is held too long, or raise size.", holders());
    }

    private String what(FairSlots.Waiter waiter) {
        double timeout = acquireNanos / 1e9;
        int waiting = slots.waiting();
        if (waiter.deadlocked) {
            return String.format(
                    Locale.ROOT,
                    "Pool '%s': every connection is held by a thread that waits for another one, this thread"
                            + " included, so none would become free. Acquire one at a time, or use the one that the"
                            + " thread has; %d others wait.",
                    name,
                    waiting);
        }
        if (waiter.refused) {
            return String.format(
                    Locale.ROOT,
                    "Pool '%s': at the present pace a connection would be free only after %.3f s, which is beyond"
                            + " acquireTimeout=%.3f s; %d others wait.",
                    name,
                    waiter.expectedNanos / 1e9,
                    timeout,
                    waiting);
        }
        return String.format(
                Locale.ROOT,
                "Pool '%s': no connection became free within acquireTimeout=%.3f s; %d others wait.",
                name,
                timeout,
                waiting);
    }

    /** Whether a connection that failed so must not be handed out again. */
    boolean breaks(SQLException e) {
        return evictions.concern(e);
    }

    void giveBack(Slot slot, PhysicalConnection physical, boolean broken) {
        Hold hold = slot.hold();
        if (hold != null) {
            hold.returning();
        }
        boolean open = false;
        try {
            if (broken || physical.isBroken() || slots.isClosed()) {
                source.discard(slot, physical);
            } else {
                open = source.checkIn(slot, physical, slots.hasWaiters());
            }
        } finally {
            long now = nanoTime.getAsLong();
            slot.returned(hold == null ? 0 : now - hold.sinceNanos);
            slot.heldBy(null);
            release(slot, open, now);
        }
    }

    private void release(Slot slot, boolean returnedOpen, long now) {
        boolean open = returnedOpen;
        if (open && slot.overflow) {
            if (slots.handOver(slot)) {
                return;
            }
            source.closeIdle(slot);
            open = false;
        }
        slots.release(slot, open, now);
        if (slots.isClosed()) {
            closeIdle();
            holds.signalReturn();
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
     * Lets no connection that is open now be handed out again: idle ones are closed, those in use when they are
     * returned. For the moment after a failover, or after a change of the database's structure.
     */
    public void evictAll() {
        source.evictAll();
        closeIdle();
    }

    /**
     * Who holds a connection now. A lease that was dropped without being closed is told from one in use as soon as the
     * garbage collector has found it.
     *
     * @return those who have held one longest first
     */
    @Override
    public List<Holder> holders() {
        return holds.holders(nanoTime.getAsLong());
    }

    /**
     * Counts connections and waiters.
     *
     * @return the numbers
     */
    @Override
    public PoolStats stats() {
        holds.lookForAbandoned();
        return PoolStats.of(slots, source.idle(slots), source.hanging(), timeouts.sum());
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

    /**
     * Closes the pool as {@link #close()} does, but gives those who hold a connection so much time to return it, and
     * aborts what is held after that. If interrupted, it waits no longer and returns with the interrupt status set.
     *
     * @param within how long it may take
     * @return how many connections were closed in order, and how many had to be aborted
     */
    public CloseReport close(Duration within) {
        if (within.isNegative()) {
            throw new IllegalArgumentException("within must not be negative, but was " + within);
        }
        long deadline = nanoTime.getAsLong() + Builder.saturatedNanos(within);
        slots.close();
        int open = slots.count(Slot.HELD) + source.idle(slots);
        closeIdle();
        holds.awaitReturns(deadline, nanoTime);
        int aborted = holds.abortAll();
        source.close();
        return new CloseReport(Math.max(0, open - aborted), aborted, 0);
    }

    @Override
    public String name() {
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
        return String.format(
                Locale.ROOT,
                "BoundedDataSource[%s, held=%d, idle=%d, waiting=%d, maximum=%d]",
                name,
                slots.count(Slot.HELD),
                source.idle(slots),
                slots.waiting(),
                slots.size());
    }

    /**
     * The settings of a {@link BoundedDataSource}. Each setter rejects a value that it cannot honour at once, with an
     * {@link IllegalArgumentException}, and returns this builder. A pool keeps the settings it was built with: the
     * builder may be changed afterwards and build another. Not thread-safe.
     */
    public static final class Builder {
        /** A round trip of a return that takes longer than this costs the connection. */
        private static final long LONGEST_RETURN_NANOS = TimeUnit.SECONDS.toNanos(2);

        private static final boolean HIKARI_IS_PRESENT = isPresent("com.zaxxer.hikari.HikariDataSource");

        private final String name;
        private final @Nullable HikariConfig config;
        private final @Nullable DataSource dataSource;
        private int size = 10;
        private int overflow;
        private long acquireNanos = TimeUnit.SECONDS.toNanos(30);
        private long recycleNanos;
        private Validation.When validation = Validation.When.WHEN_RESTED;
        private @Nullable Owner owner;
        private int maximumPerOwner;
        private long passNanos;
        private @Nullable String onReturn;
        private Predicate<? super SQLException> evictOn = e -> false;
        private boolean recordCallSites;
        private boolean reclaimAbandoned;
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
            this.validation = always ? Validation.When.ALWAYS : Validation.When.NEVER;
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
         * Lets a thread that runs go before those that wait, until the first of them has waited for so long. Without it,
         * each turn under load is a switch of threads, which costs more than it brings where a connection is held for
         * microseconds only. Default: zero, strictly first come, first served.
         *
         * @param time not negative; cannot be had together with {@link #perOwner}
         * @return this
         */
        public Builder passFor(Duration time) {
            if (time.isNegative()) {
                throw new IllegalArgumentException("passFor must not be negative, but was " + time);
            }
            this.passNanos = saturatedNanos(time);
            return this;
        }

        /**
         * Runs a statement on each connection that is returned, in auto-commit mode and after its transaction has ended,
         * such as {@code DISCARD ALL}, at the cost of a round trip. What SQL text has changed in the session is then left
         * to it. Default: none; a session that SQL text has changed is reset in PostgreSQL, and elsewhere closed.
         *
         * @param sql the statement
         * @return this
         */
        public Builder onReturn(String sql) {
            Objects.requireNonNull(sql, "onReturn");
            if (sql.isBlank()) {
                throw new IllegalArgumentException("onReturn must not be blank, but was '" + sql + "'");
            }
            this.onReturn = sql;
            return this;
        }

        /**
         * Says after which errors a connection is not handed out again, beside those for which this holds in any case:
         * connection errors (SQL states 08 and 57P0), and a server that has become read-only (25006, MariaDB's 1290).
         *
         * @param which true for such an error; called with each error that a statement throws
         * @return this
         */
        public Builder evictOn(Predicate<? super SQLException> which) {
            this.evictOn = Objects.requireNonNull(which, "evictOn");
            return this;
        }

        /**
         * Records for each connection where it was acquired, for {@link Holder#callSite()} and messages. That costs some
         * microseconds for each. Default: false.
         *
         * @param record whether to
         * @return this
         */
        public Builder recordCallSites(boolean record) {
            this.recordCallSites = record;
            return this;
        }

        /**
         * Closes a connection that was dropped without being closed, once the garbage collector has found it and
         * somebody waits, and gives its place to whoever waits. A caller that keeps a statement but not its connection is
         * cut off by that. Default: false, it is only logged and listed.
         *
         * @param reclaim whether to
         * @return this
         */
        public Builder reclaimAbandoned(boolean reclaim) {
            this.reclaimAbandoned = reclaim;
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
            if (maximumPerOwner > 0 && passNanos > 0) {
                throw contradiction(
                        "passFor=%d ms cannot be had with perOwner=%d: with shares, all is first come, first served",
                        TimeUnit.NANOSECONDS.toMillis(passNanos), maximumPerOwner);
            }
            FairSlots slots = new FairSlots(size, overflow, maximumPerOwner, passNanos, ticker);
            return new BoundedDataSource(this, slots, source(maximum));
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
            return new DirectSource(name, given, opening(given), tests(), returnPolicy(false), recycleNanos);
        }

        Opening opening(DataSource from) {
            return new Opening(name, from, ticker);
        }

        Validation tests() {
            return new Validation(validation, name, ticker);
        }

        ReturnPolicy returnPolicy(boolean overHikari) {
            return new ReturnPolicy(onReturn, overHikari, LONGEST_RETURN_NANOS);
        }

        Evictions evictions() {
            return new Evictions(evictOn);
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

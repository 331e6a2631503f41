package io.perfkit.connections.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.perfkit.connections.Owner;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The configuration of a {@link BoundedDataSource}. Immutable: each method returns a new builder. */
public final class BoundedDataSourceBuilder {
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

    private BoundedDataSourceBuilder(String name, @Nullable HikariConfig config, @Nullable DataSource dataSource) {
        this.name = Objects.requireNonNull(name, "name");
        this.config = config;
        this.dataSource = dataSource;
    }

    static BoundedDataSourceBuilder over(String name, HikariConfig config) {
        return new BoundedDataSourceBuilder(name, Objects.requireNonNull(config, "config"), null);
    }

    static BoundedDataSourceBuilder over(String name, DataSource dataSource) {
        return new BoundedDataSourceBuilder(name, null, Objects.requireNonNull(dataSource, "dataSource"));
    }

    private BoundedDataSourceBuilder with(Consumer<BoundedDataSourceBuilder> change) {
        BoundedDataSourceBuilder copy = new BoundedDataSourceBuilder(name, config, dataSource);
        copy.size = size;
        copy.overflow = overflow;
        copy.acquireNanos = acquireNanos;
        copy.recycleNanos = recycleNanos;
        copy.validation = validation;
        copy.owner = owner;
        copy.maximumPerOwner = maximumPerOwner;
        copy.ticker = ticker;
        change.accept(copy);
        return copy;
    }

    /**
     * Sets how many connections are opened as they are needed, and kept. Default: 10.
     *
     * @param connections at least 1
     * @return a new builder
     */
    public BoundedDataSourceBuilder size(int connections) {
        atLeast("size", 1, connections);
        return with(b -> b.size = connections);
    }

    /**
     * Sets how many more are opened while all of those are in use, and closed when they are returned. Default: 0.
     *
     * @param connections at least 0
     * @return a new builder
     */
    public BoundedDataSourceBuilder overflow(int connections) {
        atLeast("overflow", 0, connections);
        return with(b -> b.overflow = connections);
    }

    /**
     * Sets how long a caller waits for a turn at most. Default: 30 seconds.
     *
     * @param time not negative; zero never waits
     * @return a new builder
     */
    public BoundedDataSourceBuilder acquireTimeout(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("acquireTimeout must not be negative, but was " + time);
        }
        return with(b -> b.acquireNanos = saturatedNanos(time));
    }

    /**
     * Replaces a connection, when it is next acquired, that was opened so long ago. Over HikariCP, it is the
     * {@code maxLifetime}. Default: never, or what HikariCP is configured for.
     *
     * @param time positive; at least 30 seconds over HikariCP
     * @return a new builder
     */
    public BoundedDataSourceBuilder recycleAfter(Duration time) {
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("recycleAfter must be positive, but was " + time);
        }
        return with(b -> b.recycleNanos = saturatedNanos(time));
    }

    /**
     * Tests each connection with {@link java.sql.Connection#isValid} before it is handed out, at the cost of a round
     * trip, or none at all. Default: one that was not acquired within the last 500 ms is tested; over HikariCP, it is
     * HikariCP that does so, and {@code false} leaves that as it is.
     *
     * @param always whether to test each time, rather than never
     * @return a new builder
     */
    public BoundedDataSourceBuilder validateOnAcquire(boolean always) {
        return with(b -> b.validation = always ? Validation.ALWAYS : Validation.NEVER);
    }

    /**
     * Limits the connections that each owner may hold at once. Callers of an owner at its limit wait, and others pass
     * them. All calls without an owner count as one owner's. Default: no such limit.
     *
     * @param whose says whose call it is
     * @param connections at least 1, at most {@code size + overflow}
     * @return a new builder
     */
    public BoundedDataSourceBuilder perOwner(Owner whose, int connections) {
        Objects.requireNonNull(whose, "owner");
        atLeast("perOwner", 1, connections);
        return with(b -> {
            b.owner = whose;
            b.maximumPerOwner = connections;
        });
    }

    /**
     * Replaces the clock. Default: {@link System#nanoTime()}.
     *
     * @param nanoTime the nanoseconds since some fixed moment
     * @return a new builder
     */
    public BoundedDataSourceBuilder ticker(LongSupplier nanoTime) {
        Objects.requireNonNull(nanoTime, "ticker");
        return with(b -> b.ticker = nanoTime);
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
            throw contradiction("perOwner=%d must be at most size=%d + overflow=%d", maximumPerOwner, size, overflow);
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
            Class.forName(type, false, BoundedDataSourceBuilder.class.getClassLoader());
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
        return new IllegalStateException("Pool '" + name + "': " + String.format(Locale.ROOT, format, values) + ".");
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

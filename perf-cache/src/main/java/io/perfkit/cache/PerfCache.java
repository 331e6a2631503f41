package io.perfkit.cache;

import io.perfkit.cache.CachePolicy.OnUnreachable;
import io.perfkit.cache.spi.SharedTier;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A cache with any number of regions: a local tier on this node and, with {@link Builder#shared}, a tier that all nodes
 * share. Thread-safe.
 *
 * <p>The shared tier never takes the application down: a command that takes longer than
 * {@link Builder#commandTimeout} is given up, and after several failures callers issue none any more until the shared
 * tier is well again. Values are then loaded. A cache can also be built while the shared tier is down.
 *
 * <p>{@link #close} ends what the cache started: its background thread, its clock, its connections. The Redis client
 * and an executor that was passed in stay open. A closed cache must not be used.
 */
public final class PerfCache implements AutoCloseable {

    private final String name;
    private final LocalOptions local;
    private final CoarseClock clock;
    private final Executor executor;
    private final @Nullable ExecutorService ownExecutor;
    private final @Nullable SharedSession session;
    private final Duration maxStaleness;
    private final int maximumPending;
    private final FailureLog failures;
    private final ChangeSchedule schedule;
    private final @Nullable Transactions transactions;
    private final @Nullable SafeListener listener;
    private final LoadThreads threads;
    private final Map<String, CachePolicy> policies;
    private final Compression compression;
    private final Map<String, CacheRegion<?>> regions = new LinkedHashMap<>();
    private boolean closed;

    private PerfCache(Builder builder) {
        name = builder.name;
        local = builder.local;
        clock = builder.ticker == null ? CoarseClock.system(name) : CoarseClock.of(builder.ticker);
        if (builder.executor == null) {
            ExecutorService own = BackgroundExecutor.create(name);
            ownExecutor = own;
            executor = own;
        } else {
            ownExecutor = null;
            executor = builder.executor;
        }
        maxStaleness = builder.maxStaleness == null ? Builder.DEFAULT_MAX_STALENESS : builder.maxStaleness;
        maximumPending = builder.maximumPending == null ? Builder.DEFAULT_MAXIMUM_PENDING : builder.maximumPending;
        failures = new FailureLog(name, clock);
        transactions = builder.transactions == null ? null : new Transactions(builder.transactions, failures);
        schedule = new ChangeSchedule(ChangeSchedule.timer(executor), failures, transactions);
        listener = builder.listeners.isEmpty() ? null : new SafeListener(builder.listeners, failures);
        boolean endless = ownExecutor != null && BackgroundExecutor.isEndless(ownExecutor);
        threads = new LoadThreads(name, executor, endless, builder.taskDecorator);
        policies = builder.policies;
        compression = builder.compression == null ? Compression.gzip() : builder.compression;
        if (builder.shared == null) {
            session = null;
        } else {
            Duration timeout =
                    builder.commandTimeout == null ? Builder.DEFAULT_COMMAND_TIMEOUT : builder.commandTimeout;
            session = new SharedSession(name, builder.shared, timeout, maxStaleness, clock, failures, listener);
            session.start();
        }
    }

    /**
     * A builder.
     *
     * @param name the name of the cache: the nodes of one application use the same one. 1 to 100 printable ASCII
     *     characters other than space, colon and braces
     * @return a new builder
     */
    public static Builder builder(String name) {
        return new Builder(Checks.name("The name of a cache", name));
    }

    /**
     * The name of the cache.
     *
     * @return as given to {@link #builder}
     */
    public String name() {
        return name;
    }

    /**
     * Defines a region, or returns it if it was defined before in the same way. Strings and byte arrays are shared as
     * they are, other types as JSON.
     *
     * <p>With a shared tier, the first definition waits for it, no longer than the command timeout.
     *
     * @param region the name of the region, of the same form as the cache's
     * @param type the class of its values
     * @param policy how long they live and where
     * @param <V> the type of the values
     * @return the region
     * @throws CacheException if the region exists with another type or policy; if its values are or contain JPA entities;
     *     or, where they are shared, if they cannot come back from JSON as they were, or Jackson 3 is not on the class path
     */
    public <V> CacheRegion<V> region(String region, Class<V> type, CachePolicy policy) {
        return define(
                region, encodes(policy) ? PlainCodecs.forType(type, region) : new Unencoded<>(type), type, policy);
    }

    /**
     * Like {@link #region(String, Class, CachePolicy)} for a type that was found by reflection: a class, or a generic type
     * such as {@code List<Row>}, whose arguments count when its values are read from JSON.
     *
     * @param region the name of the region
     * @param type the type of its values
     * @param policy how long they live and where
     * @return the region
     * @throws CacheException for the same reasons
     */
    public CacheRegion<?> region(String region, Type type, CachePolicy policy) {
        return type instanceof Class<?> plain
                ? region(region, plain, policy)
                : define(
                        region,
                        encodes(policy) ? PlainCodecs.forType(type, region) : new Unencoded<>(type),
                        null,
                        policy);
    }

    private boolean encodes(CachePolicy policy) {
        return (session != null && !policy.localOnly()) || local.weighted();
    }

    /**
     * Defines a region with the policy that {@link Builder#policies} read for it.
     *
     * @param region the name of the region
     * @param type the class of its values
     * @param <V> the type of the values
     * @return the region
     * @throws CacheException if there is no such policy, or for the reasons of {@link #region(String, Class,
     *     CachePolicy)}
     */
    public <V> CacheRegion<V> region(String region, Class<V> type) {
        CachePolicy policy = policies.get(region);
        if (policy == null) {
            throw new CacheException(
                    "Region '" + region + "' of cache '" + name + "' has no policy: add its settings to "
                            + "those passed to policies(...), which has " + policies.keySet() + ", or define it with a "
                            + "CachePolicy");
        }
        return region(region, type, policy);
    }

    /**
     * Like {@link #region(String, Class, CachePolicy)}, with a codec of your own choice.
     *
     * @param region the name of the region
     * @param codec how its values become bytes
     * @param policy how long they live and where
     * @param <V> the type of the values
     * @return the region
     * @throws CacheException if the region exists with another codec or policy, or the codec says that its values are or
     *     contain JPA entities, or that they cannot be shared
     */
    public <V> CacheRegion<V> region(String region, Codec<V> codec, CachePolicy policy) {
        return define(region, codec, null, policy);
    }

    /**
     * A region that is defined already.
     *
     * @param region its name
     * @return the region, or null
     */
    public synchronized @Nullable CacheRegion<?> findRegion(String region) {
        return regions.get(region);
    }

    /**
     * The regions that are defined now, in the order of their definition.
     *
     * @return an immutable list
     */
    public synchronized List<CacheRegion<?>> regions() {
        return List.copyOf(regions.values());
    }

    /**
     * Whether the shared tier is in use: false while its circuit breaker is open, and where there is none.
     *
     * @return the present state
     */
    public boolean isSharedTierUp() {
        return session != null && !session.breaker().isTripped();
    }

    private synchronized <V> CacheRegion<V> define(
            String region, Codec<V> codec, @Nullable Class<V> type, CachePolicy policy) {
        Checks.name("The name of a region", region);
        if (closed) {
            throw new CacheException("Cache '" + name + "' is closed: region '" + region + "' cannot be defined");
        }
        checkValues(region, codec, policy);
        CacheRegion<?> present = regions.get(region);
        if (present != null) {
            checkSame(present, codec, policy);
            @SuppressWarnings("unchecked") // the codecs agree
            CacheRegion<V> same = (CacheRegion<V>) present;
            return same;
        }
        CacheRegion<V> created = create(region, codec, type, policy);
        regions.put(region, created);
        return created;
    }

    /**
     * Collects what the calling thread invalidates and puts in this cache, until the returned object is told that the
     * transaction has ended: for transaction managers that call back. See there for the rules. Between commit and
     * invalidation, another caller may see the old value a little longer; in the other order, it could load the old row
     * after the invalidation, and the cache would keep it.
     *
     * @return to be closed in any case
     */
    public Deferral defer() {
        return schedule.defer();
    }

    /**
     * Runs a transaction, and applies what it invalidates and puts through this cache on this thread after it has ended:
     * see {@link Deferral}.
     *
     * @param transaction the body, which begins the transaction and ends it
     * @param <T> what the transaction returns
     * @param <X> the checked exception that it throws, if any
     * @return what the transaction returned
     * @throws X what the transaction threw; its invalidations are applied also then, its puts become invalidations
     */
    public <T, X extends Exception> T defer(Deferral.Body<T, X> transaction) throws X {
        try (Deferral deferral = defer()) {
            T result = transaction.run();
            deferral.commit();
            return result;
        }
    }

    /**
     * Runs a transaction without a result as {@link #defer(Deferral.Body)} does.
     *
     * @param transaction the body, which begins the transaction and ends it
     * @param <X> the checked exception that it throws, if any
     * @throws X what the transaction threw; its invalidations are applied also then, its puts become invalidations
     */
    public <X extends Exception> void defer(Deferral.VoidBody<X> transaction) throws X {
        try (Deferral deferral = defer()) {
            transaction.run();
            deferral.commit();
        }
    }

    /**
     * The transaction that the calling thread is in, for what is done in its name later, or on another thread: a stage
     * that is begun in a transaction may complete on a thread that is in none, or in another one.
     * {@code stage.thenRunAsync(() -> region.invalidate(key), cache.currentTransaction())} in the transaction's own code
     * takes effect at its commit, wherever the stage completes.
     *
     * @return runs what it is given at once and on the thread that gives it, as if that were in the transaction, or in
     *     none if there is none now; once the transaction has ended, as outside of any
     */
    public Executor currentTransaction() {
        if (transactions == null) {
            return Runnable::run;
        }
        Transactions.Captured captured = transactions.capture();
        return action -> transactions.within(captured, action);
    }

    private <V> CacheRegion<V> create(String region, Codec<V> codec, @Nullable Class<V> type, CachePolicy policy) {
        if (session == null && (policy.sharedOnly() || policy.onUnreachable() == OnUnreachable.FAIL)) {
            throw new CacheException("Region '" + region + "' of cache '" + name + "' asks for the shared tier by "
                    + policy + ", and the cache has none: build it with shared(...)");
        }
        Counters counters = new Counters(region, listener);
        LocalTier<V> tier = new LocalTier<>(region, local, !policy.sharedOnly(), clock, executor, counters);
        SharedRegion<V> shared = null;
        if (policy.softLoadTimeout().isPresent() || session != null) {
            LoadThreads.watch();
        }
        if (session != null && !policy.localOnly()) {
            SharedSettings settings = new SharedSettings(
                    maxStaleness.toNanos(),
                    maximumPending,
                    policy.schemaVersion(),
                    policy.compressAbove(),
                    compression);
            shared = new SharedRegion<>(region, codec, tier, counters, session, settings);
            session.add(shared);
        }
        RegionParts<V> parts = new RegionParts<>(region, policy, clock, tier, shared, counters, failures);
        Lifetimes lifetimes = new Lifetimes(policy);
        LoadErrors errors = new LoadErrors(parts);
        SharedValues<V> values = new SharedValues<>(parts, codec, local.weighted(), errors);
        LocalReads<V> reads = new LocalReads<>(parts, lifetimes);
        RegionLoads<V> loads = RegionLoads.of(parts, reads, lifetimes, values, errors, threads, transactions);
        Duration wait = policy.onUnreachable() == OnUnreachable.FAIL && session != null ? session.timeout() : null;
        Changes<V> changes = new Changes<>(parts, lifetimes, values, wait);
        return new CacheRegion<>(parts, codec, type, reads, loads, changes, schedule);
    }

    private void checkValues(String region, Codec<?> codec, CachePolicy policy) {
        Type type = codec.valueType();
        Class<?> entity = type == null ? null : Entities.find(type);
        if (entity != null) {
            throw new CacheException("Region '" + region + "' of cache '" + name + "' would hold " + entity.getName()
                    + ", which is a JPA entity: cached, it outlives its persistence context, its lazy attributes fail, and "
                    + "every caller shares and may change the same object. Copy what is needed into a record in the "
                    + "loader, and cache that");
        }
        String objection = session == null || policy.localOnly() ? null : codec.objection();
        if (objection != null) {
            throw new CacheException("Region '" + region + "' of cache '" + name
                    + "' cannot share its values, which would come back as others: " + objection);
        }
    }

    private void checkSame(CacheRegion<?> present, Codec<?> codec, CachePolicy policy) {
        List<String> differences = new ArrayList<>(present.policy().differences(policy));
        if (!present.codecDescription().equals(codec.description())) {
            differences.add(0, "values as " + present.codecDescription() + " and " + codec.description());
        }
        if (!differences.isEmpty()) {
            throw new CacheException("Region '" + present.name() + "' of cache '" + name
                    + "' is defined twice and differently: " + String.join(", ", differences)
                    + ". Define it once and share the CacheRegion");
        }
    }

    /**
     * As {@link #close()}, once Redis has acknowledged what was invalidated and put on this node, or the time is up. What
     * it has not acknowledged by then, other nodes may not hear of. Call it when nothing changes the cache any more.
     *
     * @param acknowledgedWithin how long to wait, not negative; nothing is waited for where there is nothing to acknowledge
     * @return how many changes are lost to the other nodes
     */
    public CloseReport close(Duration acknowledgedWithin) {
        Duration within = Checks.notNegative("acknowledgedWithin", acknowledgedWithin);
        long lost = session == null ? 0 : session.drain(within);
        close();
        return new CloseReport(lost);
    }

    /** Ends the background thread, the clock and the connections. Takes a few seconds at most; may be called twice. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        schedule.close();
        if (session != null) {
            session.close();
        }
        if (ownExecutor != null) {
            ownExecutor.shutdownNow();
        }
        threads.close();
        clock.close();
    }

    /** What a region has for a codec where nothing is ever encoded. */
    private static final class Unencoded<V> implements Codec<V> {

        private final Type type;

        Unencoded(Type type) {
            this.type = type;
        }

        @Override
        public byte[] encode(V value) {
            throw new IllegalStateException(description());
        }

        @Override
        public V decode(byte[] bytes) {
            throw new IllegalStateException(description());
        }

        @Override
        public Type valueType() {
            return type;
        }

        @Override
        public String description() {
            return "objects of " + type.getTypeName();
        }
    }

    /** Collects the settings of a {@link PerfCache}. Not thread-safe. */
    public static final class Builder {

        static final Duration DEFAULT_COMMAND_TIMEOUT = Duration.ofMillis(250);
        static final Duration DEFAULT_MAX_STALENESS = Duration.ofSeconds(5);
        static final int DEFAULT_MAXIMUM_PENDING = 1_000;

        private final String name;
        private final LocalOptions local = new LocalOptions();
        private @Nullable SharedTier shared;
        private @Nullable Duration commandTimeout;
        private @Nullable Duration maxStaleness;
        private @Nullable Integer maximumPending;
        private @Nullable LongSupplier ticker;
        private @Nullable Executor executor;
        private final List<CacheListener> listeners = new ArrayList<>();
        private @Nullable TransactionContext transactions;
        private UnaryOperator<Runnable> taskDecorator = UnaryOperator.identity();
        private Map<String, CachePolicy> policies = Map.of();
        private @Nullable Compression compression;

        private Builder(String name) {
            this.name = name;
        }

        /**
         * Bounds the local tier.
         *
         * @param options sets the bound; without a call, each region holds 10,000 entries
         * @return this builder
         */
        public Builder local(Consumer<LocalOptions> options) {
            options.accept(local);
            return this;
        }

        /**
         * Adds a tier that nodes share.
         *
         * @param tier such as {@code RedisTier.of(redisClient)}
         * @return this builder
         */
        public Builder shared(SharedTier tier) {
            this.shared = Objects.requireNonNull(tier, "tier");
            return this;
        }

        /**
         * How long a call waits for one command of the shared tier. The default is 250 ms.
         *
         * @param timeout 1 ms to 3650 days
         * @return this builder
         */
        public Builder commandTimeout(Duration timeout) {
            this.commandTimeout = Checks.positive("commandTimeout", timeout);
            return this;
        }

        /**
         * How long a node serves its local entries of shared regions without confirmation that it knows every
         * invalidation. The default is 5 s. A short time costs requests: an idle node asks about three times within it.
         *
         * @param time 100 ms to 3650 days
         * @return this builder
         */
        public Builder maxStaleness(Duration time) {
            if (time.compareTo(Duration.ofMillis(100)) < 0) {
                throw new IllegalArgumentException("maxStaleness must be at least 100 ms, but was " + time);
            }
            this.maxStaleness = Checks.positive("maxStaleness", time);
            return this;
        }

        /**
         * How many invalidations of a region may wait for the acknowledgement of the shared tier. One more, and all of
         * them become an invalidation of the whole region. One of a single key counts when the first attempt to send it
         * has failed or was late. The default is 1,000.
         *
         * @param invalidations at least 1
         * @return this builder
         */
        public Builder maximumPendingInvalidations(int invalidations) {
            this.maximumPending = (int) Checks.atLeastOne("maximumPendingInvalidations", invalidations);
            return this;
        }

        /**
         * Where time comes from, also the time that a load takes: nanoseconds of a monotonic clock, for tests. The
         * default is the system's, read every two milliseconds by a thread that rests while the cache is not used.
         *
         * @param nanoseconds a monotonic clock
         * @return this builder
         */
        public Builder ticker(LongSupplier nanoseconds) {
            this.ticker = Objects.requireNonNull(nanoseconds, "nanoseconds");
            return this;
        }

        /**
         * Where refreshes and housekeeping run. The default is a virtual thread each on Java 21 and later, else a pool
         * of up to 16 threads; {@link PerfCache#close} ends it. An executor passed in here stays open.
         *
         * @param executor the executor; if it rejects a refresh, the stale value is served on
         * @return this builder
         */
        public Builder executor(Executor executor) {
            this.executor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /**
         * How large values are compressed in the shared tier. The default is gzip. Nodes that share entries need the
         * same: what another method wrote is a miss.
         *
         * @param compression the method
         * @return this builder
         */
        public Builder compression(Compression compression) {
            this.compression = Objects.requireNonNull(compression, "compression");
            return this;
        }

        /**
         * What each background load is wrapped in, beside the caller's MDC, which it always has: for other context that
         * belongs to the calling thread, such as Micrometer's {@code ContextSnapshot}. Called on that thread.
         *
         * @param decorator makes the task that runs from the one that loads
         * @return this builder
         */
        public Builder taskDecorator(UnaryOperator<Runnable> decorator) {
            this.taskDecorator = Objects.requireNonNull(decorator, "decorator");
            return this;
        }

        /**
         * Whom to tell of loads, hits, invalidations and of the state of the shared tier. Any number, told in the order in
         * which they were added.
         *
         * @param listener one more
         * @return this builder
         */
        public Builder listener(CacheListener listener) {
            listeners.add(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /**
         * Lets the cache follow database transactions. In one, on its thread:
         *
         * <ul>
         *   <li>invalidations and puts take effect when it has committed, in their order, and not at all if it is rolled
         *       back. Their {@link Acknowledgement} is acknowledged after that, and fails with a {@link CacheException} after
         *       a rollback; to await it inside the transaction is an error
         *   <li>what they change, by key, pattern, tag or altogether, is read past the cache from then on: the
         *       transaction's own rows, by its own loader. {@code getIfPresent} finds nothing there
         *   <li>other keys are served from the cache; what is missing is loaded by this call alone, on this thread. It is
         *       stored at the commit, unless anything has changed the key since the load began, and dropped on rollback
         *   <li>nothing is refreshed in the background, no load timeout holds, no stale value stands in for a failed load
         * </ul>
         *
         * In a read-only transaction everything is as outside. What a transaction loads that sees a snapshot is never
         * stored. Without this, {@link PerfCache#defer()} does by hand what concerns invalidations. A {@link Deferral}
         * collects nothing while its thread is in a transaction that the cache knows of.
         *
         * @param context tells which transaction the calling thread is in
         * @return this builder
         */
        public Builder transactions(TransactionContext context) {
            this.transactions = Objects.requireNonNull(context, "context");
            return this;
        }

        /**
         * Reads the policies of regions from properties of the form {@code region.setting}, such as
         * {@code projects.ttl=300s}, for {@link PerfCache#region(String, Class)}. The settings are those of
         * {@link CachePolicy.Builder}, also in the form {@code stale-while-revalidate}. A duration is a number with a
         * unit: {@code 250ms}, {@code 10s}, {@code 5m}, {@code 2h}, {@code 1d}, or the ISO form {@code PT5M}.
         *
         * @param properties nothing but such settings
         * @return this builder
         * @throws IllegalArgumentException if a setting is unknown or has a value that it cannot have; the message names
         *     it
         */
        public Builder policies(Properties properties) {
            this.policies = PolicyProperties.read(properties);
            return this;
        }

        /**
         * Builds the cache. Does not wait for the shared tier.
         *
         * @return the cache, to be closed by the caller
         * @throws IllegalStateException if two settings contradict each other
         */
        public PerfCache build() {
            local.check();
            requireShared("commandTimeout", commandTimeout);
            requireShared("maxStaleness", maxStaleness);
            requireShared("maximumPendingInvalidations", maximumPending);
            requireShared("compression", compression);
            return new PerfCache(this);
        }

        private void requireShared(String setting, @Nullable Object value) {
            if (value != null && shared == null) {
                throw new IllegalStateException(setting + " (" + value + ") has no meaning without shared(...): add "
                        + "a shared tier, or leave " + setting + " out");
            }
        }
    }
}

package io.perfkit.monitoring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Times calls, requests and queries, counts them in Micrometer, and keeps the distribution of the last minutes.
 *
 * <p>Everything kept here is bounded: names by {@link Builder#maximumNames}, queries by {@link Builder#maximumQueries},
 * SQL texts by {@link Builder#maximumSqlTexts}; what comes beyond is folded into {@code _other} and counted in
 * {@code perfkit.names.folded} and {@code perfkit.queries.folded}. It starts no thread and holds no resource, so there
 * is nothing to close. Thread-safe. Make one per application.
 *
 * <pre>{@code
 * PerformanceMonitor monitor = PerformanceMonitor.builder(meterRegistry).build();
 * DataSource timed = MonitoredDataSource.wrap(dataSource, monitor);
 * Invoice invoice = monitor.timed("invoices.render", () -> render(order));
 * }</pre>
 */
public final class PerformanceMonitor {
    private final LongSupplier ticker;
    private final MeterRegistry registry;
    private final Thresholds thresholds;
    private final long windowNanos;
    private final long originNanos;
    private final Alerts alerts;
    private final SlowRequests slowRequests;
    private final TimingTable calls;
    private final TimingTable endpoints;
    private final QueryRecorder queryRecorder;
    private final TimingTable outbound;
    private final OutboundRecorder outboundRecorder;
    private final ResourceWatch resources;
    private final FindingTable findingTable;
    private final Stacks stacks;
    private final @Nullable Observer observer;

    private PerformanceMonitor(Builder builder) {
        this.registry = builder.registry;
        this.ticker = builder.ticker;
        this.observer = builder.observations == null ? null : new Observer(builder.observations);
        this.originNanos = ticker.getAsLong();
        this.thresholds = builder.thresholds;
        this.windowNanos = builder.window.toNanos();
        this.alerts = new Alerts(builder.listeners, builder.alertCoolDown);
        this.slowRequests = new SlowRequests(thresholds, alerts);
        this.calls = table("perfkit.timed", builder.maximumNames);
        this.endpoints = table("perfkit.requests", builder.maximumNames);
        this.stacks = new Stacks(builder.libraryPackages);
        this.findingTable = new FindingTable(builder.silenceFindings, alerts, newLogThrottle());
        this.queryRecorder = new QueryRecorder(this, builder, registry);
        this.outbound = table(OutboundRecorder.METER, builder.maximumNames);
        this.outboundRecorder = new OutboundRecorder(this, queryRecorder, outbound);
        this.resources = new ResourceWatch(thresholds, alerts, endpoints);
    }

    private TimingTable table(String meter, int maximumNames) {
        return new TimingTable(
                meter,
                maximumNames,
                registry,
                name -> new Timing(
                        name,
                        meter,
                        registry,
                        new RollingHistogram(windowNanos, originNanos),
                        newLogThrottle(),
                        alerts.newCoolDown()));
    }

    /** Where scopes that count for every monitor come from; nothing is recorded in it. */
    private static final class OfTests {
        static final PerformanceMonitor MONITOR =
                builder(new CompositeMeterRegistry()).build();
    }

    static PerformanceMonitor ofTests() {
        return OfTests.MONITOR;
    }

    /**
     * Starts a monitor.
     *
     * @param registry where the meters live; it stays the caller's
     * @return a builder with the defaults
     */
    public static Builder builder(MeterRegistry registry) {
        return new Builder(registry);
    }

    /**
     * Times a call. Where it returns a {@link CompletionStage}, it is timed until that completes, and the stage is
     * returned as it is.
     *
     * @param name a name from a bounded set
     * @param body what to time; what it throws passes through and counts as an error
     * @param <T> what it returns
     * @return what it returned
     */
    @SuppressWarnings("overloads") // as ExecutorService.submit: a lambda without a value is a Runnable
    public <T extends @Nullable Object> T timed(String name, Supplier<T> body) {
        Timing timing = calls.resolve(name);
        long start = nanoTime();
        T result;
        try {
            result = body.get();
        } catch (Throwable failure) {
            timing.record(start, nanoTime(), true);
            throw failure;
        }
        returned(timing, start, result);
        return result;
    }

    /**
     * Times a call that returns nothing.
     *
     * @param name a name from a bounded set
     * @param body what to time; what it throws passes through and counts as an error
     */
    public void timed(String name, Runnable body) {
        Timing timing = calls.resolve(name);
        long start = nanoTime();
        boolean failed = true;
        try {
            body.run();
            failed = false;
        } finally {
            timing.record(start, nanoTime(), failed);
        }
    }

    /**
     * Times a call that throws checked exceptions. Otherwise as {@link #timed(String, Supplier)}.
     *
     * @param name a name from a bounded set
     * @param body what to time
     * @param <T> what it returns
     * @return what it returned
     * @throws Exception what the body threw
     */
    public <T extends @Nullable Object> T timedCall(String name, Callable<T> body) throws Exception {
        Timing timing = calls.resolve(name);
        long start = nanoTime();
        T result;
        try {
            result = body.call();
        } catch (Throwable failure) {
            timing.record(start, nanoTime(), true);
            throw failure;
        }
        returned(timing, start, result);
        return result;
    }

    private void returned(Timing timing, long start, @Nullable Object result) {
        if (result instanceof CompletionStage<?> stage) {
            stage.whenComplete((value, failure) -> timing.record(start, nanoTime(), failure != null));
        } else {
            timing.record(start, nanoTime(), false);
        }
    }

    /**
     * An object that times the methods of the target that {@link Monitored} marks and passes the others on. A call of
     * the target on itself does not go through it.
     *
     * @param type the interface to implement
     * @param target the object to call
     * @param <T> the interface
     * @return the proxy
     * @throws MonitoringException where an annotation has a bad value, or nothing is annotated
     */
    public <T> T proxy(Class<T> type, T target) {
        return MonitoredProxy.of(type, target, this);
    }

    /**
     * Opens a scope on this thread, to be closed here.
     *
     * @param name a name from a bounded set, such as {@code job.nightly-export}
     * @return the scope, bound to this thread
     */
    public RequestScope openScope(String name) {
        return newScope(name).openHere();
    }

    /**
     * Makes a scope that is bound to no thread yet. The scope of the calling thread, if any, counts what it counts.
     *
     * @param name a name from a bounded set
     * @return the scope; {@link RequestScope#bind} it, and {@link RequestScope#close} it when the request has ended
     */
    public RequestScope newScope(String name) {
        return new RequestScope(this, endpoint(name), observer == null ? null : observer.scope());
    }

    /**
     * Makes a scope that is bound to no thread yet, for a request whose name is known only when it ends.
     *
     * @return the scope; it is not recorded unless {@link RequestScope#name(String)} names it before it is closed
     */
    public RequestScope newScope() {
        return new RequestScope(this, null, observer == null ? null : observer.request());
    }

    /**
     * Where queries are reported.
     *
     * @return the recorder of this monitor
     */
    public QueryRecorder queryRecorder() {
        return queryRecorder;
    }

    /**
     * Where calls of other services are reported.
     *
     * @return the recorder of this monitor
     */
    public OutboundRecorder outboundRecorder() {
        return outboundRecorder;
    }

    /**
     * The registry that was handed in.
     *
     * @return the registry
     */
    public MeterRegistry meterRegistry() {
        return registry;
    }

    /**
     * The thresholds that were set.
     *
     * @return the thresholds
     */
    public Thresholds thresholds() {
        return thresholds;
    }

    /**
     * The timed calls of the rolling window, by name. Linear in the names.
     *
     * @return one entry per name that was called in the window
     */
    public List<TimingStats> calls() {
        return calls.snapshots(nanoTime());
    }

    /**
     * The request scopes closed in the rolling window, by name. Linear in the names.
     *
     * @return one entry per name that was used in the window
     */
    public List<TimingStats> endpoints() {
        return endpoints.snapshots(nanoTime());
    }

    /**
     * The calls of other services that ended in the rolling window, by name. Linear in the names.
     *
     * @return one entry per name that was called in the window
     */
    public List<TimingStats> outboundCalls() {
        return outbound.snapshots(nanoTime());
    }

    /**
     * The queries seen since the monitor was built, the most expensive in total first.
     *
     * @return one entry per fingerprint
     */
    public List<QueryStats> queries() {
        return queryRecorder.snapshots();
    }

    /**
     * What scopes asked of databases more often, or for more, than needed, since the monitor was built; of each kind,
     * query, place and scope the worst, at most a thousand.
     *
     * @return the findings, the one with the most time first
     */
    public List<Finding> findings() {
        return findingTable.list();
    }

    /**
     * Looks once for queries, waits for connections and ends of transactions that have been under way for
     * {@link Thresholds#queryTime()} or more: each is logged and raises {@link Alert.Kind#SLOW_QUERY}, once; likewise for
     * calls of other services and {@link Thresholds#callTime()}. And looks at heap, processors and errors, where their
     * thresholds are set. Call it from a scheduler, every second or so; nothing is paid per query for it. Linear in what is
     * under way and in the names.
     */
    public void sweep() {
        queryRecorder.sweep();
        outboundRecorder.sweep();
        resources.sweep(nanoTime());
    }

    @Nullable
    Observer observer() {
        return observer;
    }

    FindingTable findingTable() {
        return findingTable;
    }

    Stacks stacks() {
        return stacks;
    }

    long nanoTime() {
        return ticker.getAsLong();
    }

    Alerts alerts() {
        return alerts;
    }

    Timing call(String name) {
        return calls.resolve(name);
    }

    TimingTable endpointTable() {
        return endpoints;
    }

    Timing endpoint(String name) {
        return endpoints.resolve(name);
    }

    Throttle newLogThrottle() {
        return new Throttle(TimeUnit.MINUTES.toNanos(1));
    }

    SlowRequests slowRequests() {
        return slowRequests;
    }

    /** Builds a {@link PerformanceMonitor}. Not thread-safe. */
    public static final class Builder {
        private final MeterRegistry registry;
        private final List<MonitoringListener> listeners = new ArrayList<>();
        private Duration window = Duration.ofMinutes(15);
        private Duration alertCoolDown = Duration.ofMinutes(5);
        private int maximumNames = 500;
        private LongSupplier ticker = System::nanoTime;
        Thresholds thresholds = Thresholds.builder().build();
        Duration slowQuery = Duration.ofMillis(100);
        int maximumQueries = 1_000;
        int maximumSqlTexts = 10_000;
        boolean standardMeters;
        private List<String> libraryPackages = List.of();
        private Predicate<Finding> silenceFindings = finding -> false;
        private @Nullable ObservationRegistry observations;

        private Builder(MeterRegistry registry) {
            this.registry = Objects.requireNonNull(registry, "registry");
        }

        /**
         * From when on requests and queries are too slow.
         *
         * @param value the thresholds
         * @return this
         */
        public Builder thresholds(Thresholds value) {
            this.thresholds = Objects.requireNonNull(value, "thresholds");
            return this;
        }

        /**
         * From when on a query is logged, at most once per minute and fingerprint.
         *
         * @param value a positive duration; 100 ms unless set
         * @return this
         */
        public Builder slowQuery(Duration value) {
            this.slowQuery = Checks.positive("slowQuery", value);
            return this;
        }

        /**
         * Adds a listener. It is called on the thread that crossed the threshold and must return quickly; what it throws
         * is logged and goes no further.
         *
         * @param listener the listener, besides those that were added before
         * @return this
         */
        public Builder listener(MonitoringListener listener) {
            this.listeners.add(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /**
         * For how long an alert of the same kind and subject is not raised again.
         *
         * @param value a positive duration; 5 minutes unless set
         * @return this
         */
        public Builder alertCoolDown(Duration value) {
            this.alertCoolDown = Checks.positive("alertCoolDown", value);
            return this;
        }

        /**
         * What {@link #calls} and {@link #endpoints} look back on. They cover between two thirds of it and all of it.
         *
         * @param value a positive duration; 15 minutes unless set
         * @return this
         */
        public Builder window(Duration value) {
            this.window = Checks.positive("window", value);
            return this;
        }

        /**
         * How many names of calls, as many of endpoints, and as many of calls of other services, are kept apart. A name in use takes less than 10 KB.
         *
         * @param value at least 1; 500 unless set
         * @return this
         */
        public Builder maximumNames(int value) {
            this.maximumNames = Checks.atLeastOne("maximumNames", value);
            return this;
        }

        /**
         * How many fingerprints of queries are kept apart.
         *
         * @param value at least 1; 1,000 unless set
         * @return this
         */
        public Builder maximumQueries(int value) {
            this.maximumQueries = Checks.atLeastOne("maximumQueries", value);
            return this;
        }

        /**
         * For how many distinct SQL texts the fingerprint is remembered, within 4 million characters in all.
         *
         * @param value at least 1; 10,000 unless set
         * @return this
         */
        public Builder maximumSqlTexts(int value) {
            this.maximumSqlTexts = Checks.atLeastOne("maximumSqlTexts", value);
            return this;
        }

        /**
         * Whether to record {@code jdbc.query} beside {@code perfkit.queries}. Leave it off where datasource-micrometer
         * or an agent records that name: of two registrations with other tags, one vanishes from a Prometheus scrape.
         *
         * @param value false unless set
         * @return this
         */
        public Builder standardMeters(boolean value) {
            this.standardMeters = value;
            return this;
        }

        /**
         * Packages whose frames are no lines of the application, beside those of the JDK and the usual libraries.
         *
         * @param value prefixes of class names, such as {@code com.example.framework.}
         * @return this
         */
        public Builder libraryPackages(List<String> value) {
            this.libraryPackages = List.copyOf(value);
            return this;
        }

        /**
         * Which findings are known and meant to be so: they are neither logged nor listed by
         * {@link PerformanceMonitor#findings()}.
         *
         * @param value true for a finding that is to be passed over
         * @return this
         */
        public Builder silenceFindings(Predicate<Finding> value) {
            this.silenceFindings = Objects.requireNonNull(value, "silenceFindings");
            return this;
        }

        /**
         * Where to make observations of scopes, queries and calls of other services, for traces:
         * {@code perfkit.request}, {@code perfkit.query} and {@code perfkit.call}, a query the child of its request. A
         * request that is observed already, by the framework, gets none of its own.
         *
         * @param value the registry; no observations are made unless set
         * @return this
         */
        public Builder observations(ObservationRegistry value) {
            this.observations = Objects.requireNonNull(value, "observations");
            return this;
        }

        /**
         * The clock to measure with, for tests.
         *
         * @param value nanoseconds from an arbitrary origin, never going back; {@link System#nanoTime} unless set
         * @return this
         */
        public Builder ticker(LongSupplier value) {
            this.ticker = Objects.requireNonNull(value, "ticker");
            return this;
        }

        /**
         * Builds the monitor and registers its meters.
         *
         * @return the monitor
         */
        public PerformanceMonitor build() {
            return new PerformanceMonitor(this);
        }
    }
}

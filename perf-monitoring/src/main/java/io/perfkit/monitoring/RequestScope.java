package io.perfkit.monitoring;

import io.micrometer.observation.Observation;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What one request (or job, or message) has used so far: queries, time in the database, rows, calls of other services,
 * bytes allocated.
 *
 * <p>A scope counts what happens on the threads to which it is bound. {@link PerformanceMonitor#openScope} binds the
 * calling thread until {@link #close}; {@link #wrap(Runnable)} carries the scope to another. Scopes nest: what is
 * counted in a scope is counted in the scopes around it as well, once.
 *
 * <p>Where it is bound and where it is finished are two things, because an asynchronous request leaves the thread that
 * opened it long before it ends: {@link PerformanceMonitor#newScope} makes a scope that is bound nowhere,
 * {@link #bind} binds, {@link #close} finishes.
 *
 * <p>Bytes are attributed by the difference of the thread's own counter between binding and unbinding. A binding inside
 * another on the same thread pauses the outer one, so that no byte is counted twice, however scopes nest or are carried.
 *
 * <p>Thread-safe, except that a {@link Binding} belongs to the thread that made it.
 */
public final class RequestScope implements AutoCloseable {
    private static final ThreadLocal<@Nullable Binding> CURRENT = new ThreadLocal<>();

    /** Deeper than anybody nests: what is around there was left open, and must not cost those who come after. */
    private static final int DEEPEST = 8;

    private final PerformanceMonitor monitor;
    private final boolean ofAllMonitors;
    private final @Nullable RequestScope parent;
    private final int depth;
    private final long startNanos;
    private final ScopeTally tally;
    private final @Nullable Observation observation;
    private final AtomicLong allocatedBytes = new AtomicLong();
    private final AtomicLong endNanos = new AtomicLong(RUNNING);
    private volatile long streamNanos = RUNNING;
    private volatile boolean allocationKnown = true;
    private volatile boolean failed;
    private volatile boolean abandoned;
    private volatile @Nullable Timing timing;
    private @Nullable Binding opened;

    private static final long RUNNING = Long.MIN_VALUE;

    RequestScope(PerformanceMonitor monitor, @Nullable Timing timing, @Nullable Observation observation) {
        this(monitor, timing, observation, false);
    }

    private RequestScope(
            PerformanceMonitor monitor,
            @Nullable Timing timing,
            @Nullable Observation observation,
            boolean ofAllMonitors) {
        this.monitor = monitor;
        this.ofAllMonitors = ofAllMonitors;
        this.parent = depthOf(current()) < DEEPEST ? current() : null;
        this.depth = parent == null ? 0 : parent.depth + 1;
        this.timing = timing;
        this.observation = observation;
        this.tally = new ScopeTally(monitor.stacks(), ofAllMonitors);
        this.startNanos = monitor.nanoTime();
    }

    private static int depthOf(@Nullable RequestScope scope) {
        return scope == null ? -1 : scope.depth;
    }

    /**
     * Opens a scope on this thread that counts the statements of every monitor and is recorded by none, for tests. It
     * notes for every query where it came from, which costs more than a scope of a request does.
     *
     * @return the scope, to be closed on this thread
     */
    public static RequestScope openOfAllMonitors() {
        return new RequestScope(PerformanceMonitor.ofTests(), null, null, true).openHere();
    }

    /**
     * The scope that is bound to this thread, the innermost of several.
     *
     * @return the scope, or null outside any
     */
    public static @Nullable RequestScope current() {
        Binding binding = CURRENT.get();
        return binding == null ? null : binding.scope;
    }

    RequestScope openHere() {
        this.opened = bind();
        return this;
    }

    /**
     * Binds this scope to the calling thread until the binding is closed there. Bindings close in the reverse of their
     * order; closing an outer one closes those left open inside it.
     *
     * @return the binding, to be closed on this thread
     */
    public Binding bind() {
        return new Binding(this, CURRENT.get());
    }

    /**
     * Unbinds whatever is bound to the calling thread until the binding is closed there: what runs meanwhile belongs to no
     * scope.
     *
     * @return the binding, to be closed on this thread
     */
    public static Binding bindNone() {
        return new Binding(null, CURRENT.get());
    }

    /**
     * Carries the scope of this thread to whichever thread runs the task. Fits as a {@code TaskDecorator} of Spring's
     * executors.
     *
     * @param task what to run
     * @return a task that runs it with the scope that is bound now; the task itself where there is none
     */
    public static Runnable carry(Runnable task) {
        RequestScope scope = current();
        return scope == null ? task : scope.wrap(task);
    }

    /**
     * Carries the scope of this thread to whichever thread runs the task.
     *
     * @param task what to run
     * @param <T> what it returns
     * @return a task that runs it with the scope that is bound now; the task itself where there is none
     */
    @SuppressWarnings("overloads") // as ExecutorService.submit: a lambda without a value is a Runnable
    public static <T extends @Nullable Object> Callable<T> carry(Callable<T> task) {
        RequestScope scope = current();
        return scope == null ? task : scope.wrap(task);
    }

    /**
     * An executor that runs each task with the scope of the thread that handed it over.
     *
     * @param executor what runs the tasks; it stays the caller's
     * @return the executor
     */
    @SuppressWarnings("overloads") // nobody writes an executor as a lambda here
    public static Executor carry(Executor executor) {
        return task -> executor.execute(carry(task));
    }

    /**
     * An executor that runs each task with the scope of the thread that handed it over.
     *
     * @param executor what runs the tasks; to shut down the one is to shut down the other
     * @return the executor
     */
    public static ExecutorService carry(ExecutorService executor) {
        return new CarryingExecutor(executor);
    }

    /**
     * Carries this scope to whichever thread runs the task.
     *
     * @param task what to run
     * @return a task that runs it with this scope bound
     */
    public Runnable wrap(Runnable task) {
        return () -> {
            Binding binding = bind();
            try {
                task.run();
            } finally {
                binding.close();
            }
        };
    }

    /**
     * Carries this scope to whichever thread runs the task.
     *
     * @param task what to run
     * @param <T> what it returns
     * @return a task that runs it with this scope bound
     */
    @SuppressWarnings("overloads") // as ExecutorService.submit: a lambda without a value is a Runnable
    public <T extends @Nullable Object> Callable<T> wrap(Callable<T> task) {
        return () -> {
            Binding binding = bind();
            try {
                return task.call();
            } finally {
                binding.close();
            }
        };
    }

    /**
     * Names the scope, for one whose name is known only when it ends. Names beyond the cap become {@code _other}.
     *
     * @param name a name from a bounded set, never a raw path or key
     */
    public void name(String name) {
        this.timing = monitor.endpoint(name);
    }

    /**
     * The name under which this scope will be recorded.
     *
     * @return the name after the cap on names, or the empty string for a scope that is not recorded
     */
    public String name() {
        Timing current = timing;
        return current == null ? "" : current.name();
    }

    /** Says that nobody waits for the answer any more: neither a success nor an error. */
    public void markAbandoned() {
        this.abandoned = true;
    }

    /** Says that the request failed, so that it counts as an error. */
    public void markFailed() {
        this.failed = true;
    }

    /**
     * Statements executed; a batch counts as one.
     *
     * @return the number so far
     */
    public long queries() {
        return tally.queries();
    }

    /**
     * Time spent on the database: waiting for connections, executing, fetching, and ending transactions, added up over the
     * threads.
     *
     * @return the time so far
     */
    public Duration databaseTime() {
        return tally.times().total();
    }

    /**
     * Where the time spent on the database went, added up over the threads.
     *
     * @return the times so far
     */
    public DatabaseTimes databaseTimes() {
        return tally.times();
    }

    /**
     * Calls of other services that ended.
     *
     * @return the number so far
     */
    public long outboundCalls() {
        return tally.calls();
    }

    /**
     * Time that calls of other services took, added up; more than has passed where several were under way at once.
     *
     * @return the time so far
     */
    public Duration outboundTime() {
        return Duration.ofNanos(tally.callNanos());
    }

    /**
     * Queries that threw.
     *
     * @return the number so far
     */
    public long failedQueries() {
        return tally.failures();
    }

    /**
     * What was executed here, by query, in the order of first execution, at most a thousand.
     *
     * @return one entry per fingerprint
     */
    public List<ScopeQuery> breakdown() {
        return tally.breakdown();
    }

    /**
     * What looks as if the database was asked more often, or for more, than needed, so far.
     *
     * @return the findings, the one with the most time first
     */
    public List<Finding> findings() {
        return tally.findings(name(), Findings.LOOP);
    }

    /**
     * As {@link #findings()}, where so many executions from one place are a loop.
     *
     * @param loop at least 3; 10 for requests
     * @return the findings, the one with the most time first
     */
    public List<Finding> findings(int loop) {
        if (loop < 3) {
            throw new IllegalArgumentException("loop must be at least 3, but was " + loop);
        }
        return tally.findings(name(), loop);
    }

    /** Says that this scope knows what it does: it has no findings. */
    public void silenceFindings() {
        tally.silence();
    }

    /**
     * Rows read from result sets that are exhausted or closed, or whose statement or connection is.
     *
     * @return the number so far
     */
    public long rowsFetched() {
        return tally.rowsFetched();
    }

    /**
     * Rows that statements reported as changed, where the caller asked for the number.
     *
     * @return the number so far
     */
    public long rowsAffected() {
        return tally.rowsAffected();
    }

    /**
     * Bytes allocated by the threads to which this scope was bound, while it was bound.
     *
     * @return the number so far; empty where one of these threads could not tell, as a virtual thread cannot
     */
    public OptionalLong allocatedBytes() {
        Binding binding = CURRENT.get();
        if (binding != null) {
            binding.account();
        }
        return allocationKnown ? OptionalLong.of(allocatedBytes.get()) : OptionalLong.empty();
    }

    /**
     * Time since the scope was made, or its whole time once it is closed.
     *
     * @return the time
     */
    public Duration elapsed() {
        long end = endNanos.get();
        return Duration.ofNanos((end == RUNNING ? monitor.nanoTime() : end) - startNanos);
    }

    /**
     * Says that what follows is a stream which stays open for as long as the client wants, such as server-sent events:
     * the time of the request, and whether it was slow, is what it took until now. Called again, the later time counts.
     */
    public void streamBegins() {
        streamNanos = monitor.nanoTime();
    }

    /**
     * Finishes the scope: it is timed under its name, and logged if it was slow. Ends the binding that
     * {@link PerformanceMonitor#openScope} made, if this is its thread. Idempotent.
     */
    @Override
    public void close() {
        Binding binding = opened;
        if (binding != null && binding.owner == Thread.currentThread()) {
            binding.close();
        }
        long stream = streamNanos;
        long now = stream == RUNNING ? monitor.nanoTime() : stream;
        Timing current = timing;
        boolean first = endNanos.compareAndSet(RUNNING, now);
        Timing.Outcome outcome = abandoned ? Timing.Outcome.CLIENT_GONE : Timing.Outcome.of(failed);
        if (first) {
            Observer.ended(observation, current == null ? null : current.name(), outcome);
        }
        if (first && current != null) {
            current.record(startNanos, now, outcome, tally);
            monitor.slowRequests().closed(this, current, now);
            monitor.findingTable().closed(tally.findings(current.name(), Findings.LOOP), now);
        }
    }

    private boolean counts(PerformanceMonitor reporter) {
        return reporter == monitor || ofAllMonitors;
    }

    void callBegan(Execution execution, PerformanceMonitor reporter) {
        for (RequestScope scope = this; scope != null; scope = scope.parent) {
            if (scope.counts(reporter)) {
                scope.tally.began(execution);
            }
        }
    }

    void ended(Execution execution, boolean error, PerformanceMonitor reporter) {
        for (RequestScope scope = this; scope != null; scope = scope.parent) {
            if (scope.counts(reporter)) {
                scope.tally.ended(execution, error);
            }
        }
    }

    void fetched(Execution execution, long rows, long nanos, PerformanceMonitor reporter) {
        for (RequestScope scope = this; scope != null; scope = scope.parent) {
            if (scope.counts(reporter)) {
                scope.tally.fetched(execution, rows, nanos);
            }
        }
    }

    void affected(long rows, PerformanceMonitor reporter) {
        for (RequestScope scope = this; scope != null; scope = scope.parent) {
            if (scope.counts(reporter)) {
                scope.tally.affected(rows);
            }
        }
    }

    ScopeTally tally() {
        return tally;
    }

    int nesting() {
        return depth + 1;
    }

    private void allocated(long before, long after) {
        for (RequestScope scope = this; scope != null; scope = scope.parent) {
            if (before == ThreadAllocation.UNKNOWN || after == ThreadAllocation.UNKNOWN) {
                scope.allocationKnown = false;
            } else {
                scope.allocatedBytes.addAndGet(after - before);
            }
        }
    }

    /** A scope bound to a thread, or none. */
    public static final class Binding implements AutoCloseable {
        private static final int MOST_OPEN = 64;
        private final @Nullable RequestScope scope;
        private @Nullable Binding outer;
        private final int open;
        private final Thread owner = Thread.currentThread();
        private final Observation.@Nullable Scope observed;
        private long mark = ThreadAllocation.currentThread();

        private Binding(@Nullable RequestScope scope, @Nullable Binding outer) {
            this.scope = scope;
            this.outer = outer;
            this.open = outer == null ? 1 : outer.open < MOST_OPEN ? outer.open + 1 : forgetOldest();
            if (outer != null) {
                outer.accountUntil(mark);
            }
            this.observed = scope == null ? null : Observer.open(scope.observation);
            CURRENT.set(this);
        }

        /** Scopes that nobody closes must not be held for as long as the thread lives. */
        private int forgetOldest() {
            Binding last = this;
            int kept = 1;
            while (kept < DEEPEST && last.outer != null) {
                last = last.outer;
                kept++;
            }
            last.outer = null;
            return kept;
        }

        private void account() {
            accountUntil(ThreadAllocation.currentThread());
        }

        private void accountUntil(long now) {
            if (scope != null) {
                scope.allocated(mark, now);
            }
            mark = now;
        }

        /**
         * Unbinds the scope. Idempotent.
         *
         * @throws IllegalStateException if called on a thread other than the one that made the binding
         */
        @Override
        public void close() {
            if (owner != Thread.currentThread()) {
                throw new IllegalStateException("A binding of a request scope closes on the thread that made it, "
                        + owner.getName() + ", but close was called on "
                        + Thread.currentThread().getName()
                        + "; use RequestScope.wrap to carry a scope to another thread");
            }
            if (!isBound()) {
                return;
            }
            Binding innermost = CURRENT.get();
            if (innermost == null) {
                return;
            }
            innermost.account();
            if (outer != null) {
                outer.mark = innermost.mark;
            }
            for (Binding each = innermost; each != null && each != outer; each = each.outer) {
                Observer.close(each.observed);
            }
            CURRENT.set(outer);
        }

        private boolean isBound() {
            for (Binding binding = CURRENT.get(); binding != null; binding = binding.outer) {
                if (binding == this) {
                    return true;
                }
            }
            return false;
        }
    }
}

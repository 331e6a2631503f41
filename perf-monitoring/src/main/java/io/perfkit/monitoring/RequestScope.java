package io.perfkit.monitoring;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What one request (or job, or message) has used so far: queries, time in the database, rows, bytes allocated.
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

    private final PerformanceMonitor monitor;
    private final @Nullable RequestScope parent;
    private final long startNanos;
    private final AtomicLong queries = new AtomicLong();
    private final AtomicLong databaseNanos = new AtomicLong();
    private final AtomicLong rowsFetched = new AtomicLong();
    private final AtomicLong rowsAffected = new AtomicLong();
    private final AtomicLong allocatedBytes = new AtomicLong();
    private final AtomicLong endNanos = new AtomicLong(RUNNING);
    private volatile long streamNanos = RUNNING;
    private volatile boolean allocationKnown = true;
    private volatile boolean failed;
    private volatile @Nullable Timing timing;
    private @Nullable Binding opened;

    private static final long RUNNING = Long.MIN_VALUE;

    RequestScope(PerformanceMonitor monitor, @Nullable Timing timing) {
        this.monitor = monitor;
        this.parent = current();
        this.timing = timing;
        this.startNanos = monitor.nanoTime();
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
        return queries.get();
    }

    /**
     * Time spent executing statements, added up over the threads.
     *
     * @return the time so far
     */
    public Duration databaseTime() {
        return Duration.ofNanos(databaseNanos.get());
    }

    /**
     * Rows read from result sets that are exhausted or closed.
     *
     * @return the number so far
     */
    public long rowsFetched() {
        return rowsFetched.get();
    }

    /**
     * Rows that statements reported as changed, where the caller asked for the number.
     *
     * @return the number so far
     */
    public long rowsAffected() {
        return rowsAffected.get();
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
        if (endNanos.compareAndSet(RUNNING, now) && current != null) {
            current.record(startNanos, now, failed);
            monitor.slowRequests().closed(this, current, now);
        }
    }

    void queryExecuted(long elapsedNanos) {
        for (RequestScope scope = this; scope != null; scope = scope.parent) {
            scope.queries.incrementAndGet();
            scope.databaseNanos.addAndGet(elapsedNanos);
        }
    }

    void fetched(long rows) {
        for (RequestScope scope = this; scope != null; scope = scope.parent) {
            scope.rowsFetched.addAndGet(rows);
        }
    }

    void affected(long rows) {
        for (RequestScope scope = this; scope != null; scope = scope.parent) {
            scope.rowsAffected.addAndGet(rows);
        }
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

    /** A scope bound to a thread. */
    public static final class Binding implements AutoCloseable {
        private final RequestScope scope;
        private final @Nullable Binding outer;
        private final Thread owner = Thread.currentThread();
        private long mark = ThreadAllocation.currentThread();

        private Binding(RequestScope scope, @Nullable Binding outer) {
            this.scope = scope;
            this.outer = outer;
            if (outer != null) {
                outer.accountUntil(mark);
            }
            CURRENT.set(this);
        }

        private void account() {
            accountUntil(ThreadAllocation.currentThread());
        }

        private void accountUntil(long now) {
            scope.allocated(mark, now);
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

package io.perfkit.monitoring;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A future that tells once that it is done: when its result is fetched, or when it is asked whether it is. There is no
 * other way to notice without a thread that waits for it.
 */
final class MonitoredFuture<T extends @Nullable Object> implements Future<T> {
    private final Future<T> delegate;
    private final Ended ended;
    private final AtomicBoolean told = new AtomicBoolean();

    MonitoredFuture(Future<T> delegate, Ended ended) {
        this.delegate = delegate;
        this.ended = ended;
    }

    /** Is told how it ended. */
    interface Ended {
        void ended(boolean failed);
    }

    private void tell(boolean failed) {
        if (told.compareAndSet(false, true)) {
            ended.ended(failed);
        }
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        try {
            T result = delegate.get();
            tell(false);
            return result;
        } catch (ExecutionException | RuntimeException failure) {
            tell(true);
            throw failure;
        }
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        try {
            T result = delegate.get(timeout, unit);
            tell(false);
            return result;
        } catch (ExecutionException | RuntimeException failure) {
            tell(true);
            throw failure;
        }
    }

    @Override
    public boolean isDone() {
        boolean done = delegate.isDone();
        if (done && !told.get()) {
            tell(failed());
        }
        return done;
    }

    private boolean failed() {
        if (delegate.isCancelled()) {
            return true;
        }
        boolean interrupted = Thread.interrupted(); // a result that is there is given all the same
        try {
            delegate.get();
            return false;
        } catch (ExecutionException | InterruptedException | RuntimeException failure) {
            return true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = delegate.cancel(mayInterruptIfRunning);
        if (cancelled) {
            tell(true);
        }
        return cancelled;
    }

    @Override
    public boolean isCancelled() {
        return delegate.isCancelled();
    }

    @Override
    public String toString() {
        return delegate.toString();
    }
}

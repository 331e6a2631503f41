package io.perfkit.batching;

import io.github.resilience4j.bulkhead.Bulkhead;
import org.jspecify.annotations.Nullable;

/** One item on its way through the function. Written by one thread, read by another after it was handed over. */
final class ParallelTask<T extends @Nullable Object, R extends @Nullable Object> {
    final long position;
    private final T item;
    private @Nullable R value;
    private @Nullable Throwable failure;
    private volatile boolean isDone;
    private volatile @Nullable LoaderThread inside;

    ParallelTask(long position, T item) {
        this.position = position;
        this.item = item;
    }

    /**
     * Applies the function in this thread.
     *
     * @return whether the thread was interrupted meanwhile by somebody else than {@link #interrupt}
     */
    boolean run(ParallelFunction<? super T, ? extends R> function, @Nullable Bulkhead bulkhead) {
        LoaderThread here = new LoaderThread();
        inside = here;
        try {
            value = bulkhead == null ? function.apply(item) : bulkhead.executeCallable(() -> function.apply(item));
        } catch (Throwable t) {
            failure = t;
        }
        inside = null;
        boolean isOurs = here.leave();
        isDone = true;
        return !isOurs && failure instanceof InterruptedException;
    }

    void interrupt() {
        LoaderThread here = inside;
        if (here != null) {
            here.interrupt();
        }
    }

    boolean isDone() {
        return isDone;
    }

    T item() {
        return item;
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    /** @throws ItemFailedException if it failed */
    @SuppressWarnings("NullAway") // null only where the function returned it
    R value() {
        if (failure != null) {
            throw new ItemFailedException(position, failure);
        }
        return value;
    }

    @SuppressWarnings("NullAway") // null only where the function returned it
    Result<R> result() {
        return failure == null ? Result.success(value) : Result.failure(new ItemFailedException(position, failure));
    }
}

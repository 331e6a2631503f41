package io.perfkit.batching;

import static java.util.Objects.requireNonNull;

import io.github.resilience4j.bulkhead.Bulkhead;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Does the same with many items at once, on a bounded number of threads.
 *
 * <pre>{@code
 * List<Price> prices = Parallel.map(products, 8, product -> client.priceOf(product));
 * }</pre>
 *
 * <p><b>Guarantees.</b> The function is inside at most {@code concurrency} threads at once. When {@code map} has returned
 * or thrown, and when a stream has ended or was closed, none of its tasks is running: those that were are interrupted,
 * and waited for. A source is read by the thread that consumes the results alone, and never further ahead than
 * concurrency and {@code maximumLookAhead} together, so it may be endless. The order of the results is that of the items
 * unless the settings say otherwise.
 *
 * <p><b>Threads.</b> Virtual ones on Java 21 and newer, otherwise a shared pool of daemon threads, or an executor of the
 * application's. In {@code map} the calling thread takes part; with a stream it does only if the executor gives no
 * thread, so that an executor whose only thread is the caller's cannot make it wait for ever.
 *
 * <p>Immutable and thread-safe.
 */
public final class Parallel {
    final int concurrency;
    final int maximumLookAhead;
    final boolean isOrdered;
    final @Nullable Bulkhead bulkhead;
    final @Nullable Executor executor;
    final @Nullable UnaryOperator<Runnable> taskDecorator;

    private Parallel(Builder settings) {
        concurrency = settings.concurrency;
        maximumLookAhead = settings.maximumLookAhead;
        isOrdered = settings.isOrdered;
        bulkhead = settings.bulkhead;
        executor = settings.executor;
        taskDecorator = settings.taskDecorator;
    }

    /**
     * Begins with settings.
     *
     * @param concurrency in how many threads the function may be at once, at least 1
     * @return a builder with the default settings
     */
    public static Builder builder(int concurrency) {
        return new Builder(concurrency);
    }

    /**
     * Applies a function to each item, and waits for all results.
     *
     * @param items the items; read once
     * @param concurrency in how many threads the function may be at once, at least 1
     * @param function what to do with each
     * @param <T> the items
     * @param <R> the results
     * @return the results in the order of the items; the list cannot be modified
     * @throws ItemFailedException if the function fails for one; the others are then interrupted or not begun
     * @throws BatchingException if the calling thread is interrupted; it is then still marked as interrupted
     */
    public static <T extends @Nullable Object, R extends @Nullable Object> List<R> map(
            Collection<? extends T> items, int concurrency, ParallelFunction<? super T, ? extends R> function) {
        return builder(concurrency).build().map(items, function);
    }

    /**
     * Applies a function to each element of a stream, as its results are consumed.
     *
     * @param items the items, possibly without end; consumed by this call, and closed with what it returns
     * @param concurrency in how many threads the function may be at once, at least 1
     * @param function what to do with each
     * @param <T> the items
     * @param <R> the results
     * @return the results in the order of the items, a sequential stream; if it is not read to its end, close it.
     *     Reading fails with an {@link ItemFailedException} at the first item for which the function failed
     */
    public static <T extends @Nullable Object, R extends @Nullable Object> Stream<R> stream(
            Stream<? extends T> items, int concurrency, ParallelFunction<? super T, ? extends R> function) {
        return builder(concurrency).build().stream(items, function);
    }

    /**
     * As {@link #map(Collection, int, ParallelFunction)}, with these settings.
     *
     * @param items the items; read once
     * @param function what to do with each
     * @param <T> the items
     * @param <R> the results
     * @return the results in the order of the items, or as they end; the list cannot be modified
     * @throws ItemFailedException if the function fails for one; the others are then interrupted or not begun
     */
    public <T extends @Nullable Object, R extends @Nullable Object> List<R> map(
            Collection<? extends T> items, ParallelFunction<? super T, ? extends R> function) {
        ParallelMapping<T, R> mapping = new ParallelMapping<>(this, items, requireNonNull(function, "function"), true);
        mapping.run();
        return mapping.values();
    }

    /**
     * Applies a function to each item, where the failure of one does not end the others.
     *
     * @param items the items; read once
     * @param function what to do with each
     * @param <T> the items
     * @param <R> the results
     * @return a result for each item, in the order of the items, or as they end; a failure is an
     *     {@link ItemFailedException}
     */
    public <T extends @Nullable Object, R extends @Nullable Object> List<Result<R>> mapResults(
            Collection<? extends T> items, ParallelFunction<? super T, ? extends R> function) {
        ParallelMapping<T, R> mapping = new ParallelMapping<>(this, items, requireNonNull(function, "function"), false);
        mapping.run();
        return mapping.results();
    }

    /**
     * As {@link #stream(Stream, int, ParallelFunction)}, with these settings.
     *
     * @param items the items, possibly without end; consumed by this call, and closed with what it returns
     * @param function what to do with each
     * @param <T> the items
     * @param <R> the results
     * @return the results, a sequential stream; if it is not read to its end, close it
     */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> stream(
            Stream<? extends T> items, ParallelFunction<? super T, ? extends R> function) {
        return streamed(items, function, ParallelTask::value);
    }

    /**
     * As {@link #stream(Stream, ParallelFunction)}, where the failure of an item does not end the stream.
     *
     * @param items the items, possibly without end; consumed by this call, and closed with what it returns
     * @param function what to do with each
     * @param <T> the items
     * @param <R> the results
     * @return a result for each item, a sequential stream; if it is not read to its end, close it
     */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<Result<R>> streamResults(
            Stream<? extends T> items, ParallelFunction<? super T, ? extends R> function) {
        return this.<T, R, Result<R>>streamed(items, function, ParallelTask::result);
    }

    private <T extends @Nullable Object, R extends @Nullable Object, E extends @Nullable Object> Stream<E> streamed(
            Stream<? extends T> items,
            ParallelFunction<? super T, ? extends R> function,
            Function<ParallelTask<T, R>, E> answer) {
        requireNonNull(function, "function");
        ParallelRun<T, R> run = new ParallelRun<>(this, items.iterator(), function);
        Iterator<E> results = new Iterator<>() {
            private @Nullable ParallelTask<T, R> ahead;

            @Override
            public boolean hasNext() {
                if (ahead == null) {
                    try {
                        ahead = run.next();
                    } catch (Throwable failure) {
                        run.cancel();
                        throw failure;
                    }
                }
                return ahead != null;
            }

            @Override
            public E next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                ParallelTask<T, R> task = requireNonNull(ahead);
                ahead = null;
                try {
                    return answer.apply(task);
                } catch (ItemFailedException failure) {
                    run.cancel();
                    throw failure;
                }
            }
        };
        int traits = isOrdered ? Spliterator.ORDERED : 0;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(results, traits), false)
                .onClose(() -> {
                    try {
                        run.cancel();
                    } finally {
                        items.close();
                    }
                });
    }

    /** The settings of a {@link Parallel}. Not thread-safe. */
    public static final class Builder {
        private final int concurrency;
        private int maximumLookAhead;
        private boolean isOrdered = true;
        private @Nullable Bulkhead bulkhead;
        private @Nullable Executor executor;
        private @Nullable UnaryOperator<Runnable> taskDecorator;

        private Builder(int concurrency) {
            if (concurrency < 1) {
                throw new IllegalArgumentException("concurrency must be at least 1, but was " + concurrency);
            }
            this.concurrency = concurrency;
            maximumLookAhead = concurrency;
        }

        /**
         * How many items of a stream may have been read beyond those that are running: they wait for a thread, or their
         * results for the consumer. Default: the concurrency.
         *
         * @param items zero or more
         * @return this
         */
        public Builder maximumLookAhead(int items) {
            if (items < 0) {
                throw new IllegalArgumentException("maximumLookAhead must be at least 0, but was " + items);
            }
            if (items > Integer.MAX_VALUE - concurrency) {
                throw new IllegalArgumentException(
                        "maximumLookAhead must be at most " + (Integer.MAX_VALUE - concurrency) + ", but was " + items);
            }
            this.maximumLookAhead = items;
            return this;
        }

        /**
         * Whether results come in the order of their items, or as they end. Default {@code true}.
         *
         * @param inTheOrderOfTheItems whether to keep the order
         * @return this
         */
        public Builder ordered(boolean inTheOrderOfTheItems) {
            this.isOrdered = inTheOrderOfTheItems;
            return this;
        }

        /**
         * A bulkhead of the application's that each item has to pass, shared with whatever else uses the same resource. An
         * item for which it has no room within its {@code maxWaitDuration} fails. Default: none.
         *
         * @param bulkhead of Resilience4j
         * @return this
         */
        public Builder bulkhead(Bulkhead bulkhead) {
            this.bulkhead = requireNonNull(bulkhead, "bulkhead");
            return this;
        }

        /**
         * Where the function runs. It stays the caller's to close. Default: virtual threads on Java 21 and newer, otherwise
         * a cached pool of daemon threads.
         *
         * @param executor runs the workers
         * @return this
         */
        public Builder executor(Executor executor) {
            this.executor = requireNonNull(executor, "executor");
            return this;
        }

        /**
         * Carries what surrounds the caller (logging context, observation, security) over to the workers. It is called in
         * the calling thread, and what it returns may be run several times, in several threads at once. Default: none.
         *
         * @param decorator wraps a task
         * @return this
         */
        public Builder taskDecorator(UnaryOperator<Runnable> decorator) {
            this.taskDecorator = requireNonNull(decorator, "taskDecorator");
            return this;
        }

        /**
         * Builds it.
         *
         * @return a {@link Parallel} with these settings
         */
        public Parallel build() {
            return new Parallel(this);
        }
    }
}

package io.perfkit.batching;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Goes through a source of any length in chunks.
 *
 * <pre>{@code
 * ChunksReport report = Chunks.of(orders, 1_000).forEach(chunk -> repository.saveAll(chunk.items()));
 * }</pre>
 *
 * <p><b>Memory.</b> No more chunks are held than there are workers, and one more. The source is read by the calling
 * thread, and only when there is room.
 *
 * <p><b>Failures.</b> A chunk whose handler fails is reported with its position; the others go on. A failure of the
 * source itself ends the run, after the chunks that are under way.
 *
 * <p><b>Resuming.</b> A {@link ChunksCheckpoint}, stored by the listener after each chunk, makes a later run go on where
 * this one ended, however that was. What was handled but not yet stored is then repeated: each item is handled at least
 * once. For exactly once, store {@link Chunk#number} in the transaction of the chunk, and tell it with
 * {@code skipChunks} when resuming. The source must have the same items in the same order, and the chunks the same size.
 *
 * <p>For one run; {@link #stats} may be called from any thread meanwhile.
 *
 * @param <T> the items
 */
public final class Chunks<T> {
    private final Builder<T> settings;
    private final AtomicBoolean hasBegun = new AtomicBoolean();
    private final LongAdder items = new LongAdder();
    private final LongAdder chunks = new LongAdder();
    private final LongAdder failedChunks = new LongAdder();
    private final LongAdder skipped = new LongAdder();
    private volatile long beganNanos;
    private volatile long endedNanos;
    private volatile boolean isRunning;

    private Chunks(Builder<T> settings) {
        this.settings = settings;
    }

    /**
     * Chunks with the default settings.
     *
     * @param source the items, possibly very many; closed at the end of the run
     * @param size how many items a chunk has, the last one excepted; at least 1
     * @param <T> the items
     * @return the chunks
     */
    public static <T> Chunks<T> of(Stream<? extends T> source, int size) {
        return Chunks.<T>builder(source, size).build();
    }

    /**
     * Begins with settings.
     *
     * @param source the items, possibly very many; closed at the end of the run
     * @param size how many items a chunk has, the last one excepted; at least 1
     * @param <T> the items
     * @return a builder with the default settings
     */
    public static <T> Builder<T> builder(Stream<? extends T> source, int size) {
        return new Builder<>(source, size);
    }

    /**
     * Handles all chunks, and waits for the last of them.
     *
     * @param handler what to do with each
     * @return what was achieved
     * @throws IllegalStateException if it was called before: a source can be read once
     * @throws BatchingException if the source fails, or the thread is interrupted; chunks that are under way are then
     *     interrupted and waited for
     */
    public ChunksReport forEach(ChunkHandler<T> handler) {
        requireNonNull(handler, "handler");
        if (!hasBegun.compareAndSet(false, true)) {
            throw new IllegalStateException(
                    "the chunks were handled before; their source can be read once, so make new ones");
        }
        beganNanos = settings.ticker.getAsLong();
        isRunning = true;
        try (Stream<? extends T> source = settings.source) {
            return handle(new Source(source.iterator()), handler);
        } finally {
            endedNanos = settings.ticker.getAsLong();
            isRunning = false;
        }
    }

    private ChunksReport handle(Source source, ChunkHandler<T> handler) {
        Parallel.Builder parallel =
                Parallel.builder(settings.workers).maximumLookAhead(0).ordered(false);
        if (settings.executor != null) {
            parallel.executor(settings.executor);
        }
        ParallelRun<Chunk<T>, Chunk<T>> run = new ParallelRun<>(parallel.build(), source, chunk -> {
            handler.handle(chunk);
            return chunk;
        });
        List<FailedChunk> failures = new ArrayList<>();
        ChunksCheckpoint checkpoint = settings.checkpoint;
        boolean isOver = false;
        try {
            for (ParallelTask<Chunk<T>, Chunk<T>> task = run.next(); task != null; task = run.next()) {
                Chunk<T> chunk = task.item();
                Throwable failure = task.failure();
                if (failure == null) {
                    checkpoint = checkpoint.with(chunk.number());
                    items.add(chunk.items().size());
                    chunks.increment();
                    ChunksStats stats = stats();
                    for (ChunksListener listener : settings.listeners) {
                        listener.chunkDone(checkpoint, stats);
                    }
                } else {
                    failedChunks.increment();
                    FailedChunk failed = new FailedChunk(
                            chunk.number(), chunk.position(), chunk.items().size(), failure);
                    failures.add(failed);
                    for (ChunksListener listener : settings.listeners) {
                        listener.chunkFailed(failed);
                    }
                    if (failures.size() >= settings.maximumFailures) {
                        source.stop();
                    }
                }
            }
            isOver = true;
        } finally {
            if (!isOver) {
                run.cancel();
            }
        }
        source.throwFailure();
        failures.sort(Comparator.comparingLong(FailedChunk::number));
        return new ChunksReport(items.sum(), chunks.sum(), List.copyOf(failures), source.isAtItsEnd(), checkpoint);
    }

    /**
     * How far the run is.
     *
     * @return a snapshot
     */
    public ChunksStats stats() {
        long done = items.sum();
        long now = isRunning ? settings.ticker.getAsLong() : endedNanos;
        OptionalLong remaining = settings.totalItems < 0
                ? OptionalLong.empty()
                : OptionalLong.of(Math.max(0, settings.totalItems - done - skipped.sum()));
        return new ChunksStats(
                done, chunks.sum(), failedChunks.sum(), Duration.ofNanos(Math.max(0, now - beganNanos)), remaining);
    }

    /** The chunks of the source that are not done, read by one thread. */
    private final class Source implements Iterator<Chunk<T>> {
        private final Iterator<? extends T> from;
        private long number;
        private boolean isStopped;
        private boolean isAtItsEnd;
        private @Nullable Chunk<T> ahead;
        private @Nullable Throwable failure;

        Source(Iterator<? extends T> from) {
            this.from = from;
            number = settings.startingAt / settings.size;
            skipped.add(settings.startingAt);
        }

        @Override
        public boolean hasNext() {
            if (isStopped) {
                return false;
            }
            while (ahead == null && !isAtItsEnd && failure == null) {
                try {
                    read();
                } catch (Exception e) {
                    // Not at once: what was read before is handled first.
                    failure = e;
                }
            }
            return ahead != null;
        }

        private void read() {
            boolean isDone = settings.checkpoint.isDone(number) || settings.skips.test(number);
            List<T> read = new ArrayList<>(isDone ? 0 : Math.min(settings.size, 10_000));
            int count = 0;
            while (count < settings.size && from.hasNext()) {
                T item = from.next();
                count++;
                if (!isDone) {
                    read.add(item);
                }
            }
            isAtItsEnd = count < settings.size && !from.hasNext();
            if (isDone) {
                skipped.add(count);
            } else if (count > 0) {
                ahead = new Chunk<>(number, number * settings.size, Collections.unmodifiableList(read));
            }
            number++;
        }

        @Override
        public Chunk<T> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            Chunk<T> next = requireNonNull(ahead);
            ahead = null;
            return next;
        }

        void stop() {
            isStopped = true;
        }

        boolean isAtItsEnd() {
            return isAtItsEnd && ahead == null;
        }

        void throwFailure() {
            if (failure != null) {
                throw new BatchingException(
                        "the source of chunks failed in chunk " + number + ", beyond the item at position "
                                + number * settings.size + ": " + failure
                                + "; the chunks before it were handled",
                        failure);
            }
        }
    }

    /**
     * The settings of {@link Chunks}. Not thread-safe.
     *
     * @param <T> the items
     */
    public static final class Builder<T> {
        private final Stream<? extends T> source;
        private final int size;
        private int workers = 1;
        private int maximumFailures = 100;
        private long totalItems = -1;
        private long startingAt;
        private ChunksCheckpoint checkpoint;
        private LongPredicate skips = number -> false;
        private final List<ChunksListener> listeners = new ArrayList<>();
        private @Nullable Executor executor;
        private LongSupplier ticker = System::nanoTime;

        private Builder(Stream<? extends T> source, int size) {
            this.source = requireNonNull(source, "source");
            if (size < 1) {
                throw new IllegalArgumentException("size must be at least 1, but was " + size);
            }
            this.size = size;
            checkpoint = ChunksCheckpoint.none(size);
        }

        private Builder(Builder<T> other) {
            source = other.source;
            size = other.size;
            workers = other.workers;
            maximumFailures = other.maximumFailures;
            totalItems = other.totalItems;
            startingAt = other.startingAt;
            checkpoint = other.checkpoint;
            skips = other.skips;
            listeners.addAll(other.listeners);
            executor = other.executor;
            ticker = other.ticker;
        }

        /**
         * How many chunks are handled at once. Default 1: one after the other, in order.
         *
         * @param workers at least 1
         * @return this
         */
        public Builder<T> workers(int workers) {
            if (workers < 1) {
                throw new IllegalArgumentException("workers must be at least 1, but was " + workers);
            }
            this.workers = workers;
            return this;
        }

        /**
         * After how many failed chunks the source is read no further. Default 100.
         *
         * @param chunks at least 1
         * @return this
         */
        public Builder<T> maximumFailures(int chunks) {
            if (chunks < 1) {
                throw new IllegalArgumentException("maximumFailures must be at least 1, but was " + chunks);
            }
            this.maximumFailures = chunks;
            return this;
        }

        /**
         * How many items the source has, for the time left. Default: not known.
         *
         * @param items zero or more
         * @return this
         */
        public Builder<T> totalItems(long items) {
            if (items < 0) {
                throw new IllegalArgumentException("totalItems must be at least 0, but was " + items);
            }
            this.totalItems = items;
            return this;
        }

        /**
         * Leaves out what an earlier run has done. The source is read from its beginning, unless {@link #startingAt} says
         * otherwise. Default: nothing is done.
         *
         * @param checkpoint of the earlier run, over chunks of the same size
         * @return this
         */
        public Builder<T> resume(ChunksCheckpoint checkpoint) {
            this.checkpoint = requireNonNull(checkpoint, "resume");
            return this;
        }

        /**
         * Says that the source begins at a later item, such as {@link ChunksCheckpoint#position}. Default 0.
         *
         * @param position of the first item of this source in the whole, a multiple of the size of a chunk
         * @return this
         */
        public Builder<T> startingAt(long position) {
            if (position < 0) {
                throw new IllegalArgumentException("startingAt must be at least 0, but was " + position);
            }
            this.startingAt = position;
            return this;
        }

        /**
         * Leaves out chunks by their number, such as those an application has recorded in the transactions of the chunks
         * themselves. Default: none.
         *
         * @param isDone asked in the calling thread, before the chunk is read
         * @return this
         */
        public Builder<T> skipChunks(LongPredicate isDone) {
            this.skips = requireNonNull(isDone, "skipChunks");
            return this;
        }

        /**
         * Adds an observer.
         *
         * @param listener is told of each chunk
         * @return this
         */
        public Builder<T> listener(ChunksListener listener) {
            listeners.add(requireNonNull(listener, "listener"));
            return this;
        }

        /**
         * Where chunks are handled. It stays the caller's to close. Default: virtual threads on Java 21 and newer, otherwise
         * a cached pool of daemon threads.
         *
         * @param executor runs the workers
         * @return this
         */
        public Builder<T> executor(Executor executor) {
            this.executor = requireNonNull(executor, "executor");
            return this;
        }

        /**
         * The clock that the rate is measured by. Default {@link System#nanoTime}.
         *
         * @param nanoTime nanoseconds from an arbitrary origin, never going back
         * @return this
         */
        public Builder<T> ticker(LongSupplier nanoTime) {
            this.ticker = requireNonNull(nanoTime, "ticker");
            return this;
        }

        /**
         * Builds the chunks.
         *
         * @return the chunks, for one run
         * @throws IllegalStateException if {@code resume} or {@code startingAt} contradict the size of a chunk
         */
        public Chunks<T> build() {
            if (checkpoint.size() != size) {
                throw new IllegalStateException("resume is a checkpoint over chunks of " + checkpoint.size()
                        + " items, but the size is " + size + ": resume with the size of the first run");
            }
            if (startingAt % size != 0) {
                throw new IllegalStateException("startingAt is " + startingAt + ", but must be a multiple of the size, "
                        + size + ", because a chunk is done as a whole");
            }
            return new Chunks<>(new Builder<>(this));
        }
    }
}

package io.perfkit.cache;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import io.perfkit.cache.Computations.Computation;
import java.time.Duration;
import java.util.function.Function;

/**
 * A function that remembers its results, in this process only: what Python calls {@code lru_cache}. For pure functions;
 * values that change are better kept in a {@link CacheRegion}. Thread-safe, if the function is.
 *
 * <p>Each result is computed once, however many threads ask for it at the same time, as long as it is remembered. Up to
 * {@code maximumSize} results are, those of keys that are asked for often or lately rather than others (Caffeine's
 * W-TinyLFU). A null is a result like any other. What the function throws reaches every caller that waits, unchanged,
 * and is not remembered.
 *
 * <p>The function may call the memoizer for other keys, so a recursive function can be memoized. If it asks for a key
 * that waits for it, directly or in a circle with other threads, a {@link RecursiveLoadException} says so.
 *
 * <p>Keys need {@code equals} and {@code hashCode} and must not change. Results are shared between callers: treat them
 * as immutable.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the results
 */
public final class Memoizer<K, V> implements Function<K, V> {

    private final Computations<K, V> computations;

    private Memoizer(Computations<K, V> computations) {
        this.computations = computations;
    }

    /**
     * Remembers the results of a function until others need their place.
     *
     * @param function computes a result from its key alone
     * @param maximumSize how many results are remembered, at least 1
     * @param <K> the type of the keys
     * @param <V> the type of the results
     * @return the remembering function
     */
    public static <K, V> Memoizer<K, V> of(Function<? super K, ? extends V> function, long maximumSize) {
        return new Memoizer<>(new Computations<>(
                bounded(maximumSize).<K, Computation<V>>build(), false, function, "Memoizer", String::valueOf));
    }

    /**
     * Remembers the results of a function for a time, or until others need their place.
     *
     * @param function computes a result from its key alone
     * @param maximumSize how many results are remembered, at least 1
     * @param ttl for how long after it was computed, 1 ms to 3650 days
     * @param <K> the type of the keys
     * @param <V> the type of the results
     * @return the remembering function
     */
    public static <K, V> Memoizer<K, V> of(Function<? super K, ? extends V> function, long maximumSize, Duration ttl) {
        return of(function, maximumSize, ttl, Ticker.systemTicker());
    }

    static <K, V> Memoizer<K, V> of(
            Function<? super K, ? extends V> function, long maximumSize, Duration ttl, Ticker ticker) {
        long nanos = Checks.positive("ttl", ttl).toNanos();
        return new Memoizer<>(new Computations<>(
                bounded(maximumSize)
                        .expireAfter(new SinceDone<K, V>(nanos))
                        .ticker(ticker)
                        .<K, Computation<V>>build(),
                true,
                function,
                "Memoizer",
                String::valueOf));
    }

    private static Caffeine<Object, Object> bounded(long maximumSize) {
        return Caffeine.newBuilder()
                .maximumSize(Checks.atLeastOne("maximumSize", maximumSize))
                .executor(Runnable::run);
    }

    /** A computation may take longer than its result is kept. */
    private static final class SinceDone<K, V> implements Expiry<K, Computation<V>> {

        private final long nanos;

        SinceDone(long nanos) {
            this.nanos = nanos;
        }

        @Override
        public long expireAfterCreate(K key, Computation<V> computation, long now) {
            return Long.MAX_VALUE;
        }

        @Override
        public long expireAfterUpdate(K key, Computation<V> computation, long now, long rest) {
            return computation.isDone() ? nanos : rest;
        }

        @Override
        public long expireAfterRead(K key, Computation<V> computation, long now, long rest) {
            return rest;
        }
    }

    /**
     * The function's result, remembered or computed.
     *
     * @param key the argument, not null
     * @return the result
     * @throws RecursiveLoadException if the function asks for a key that waits for it
     * @throws CacheException if the wait for another thread's computation was interrupted
     */
    @Override
    @SuppressWarnings("NullAway") // null is returned where the function returns it
    public V apply(K key) {
        return computations.get(key);
    }

    /**
     * Forgets one result. A computation of it that is running is not remembered either.
     *
     * @param key the argument
     */
    public void invalidate(K key) {
        computations.invalidate(key);
    }

    /** Forgets all results. Computations that are running are not remembered either. */
    public void clear() {
        computations.clear();
    }

    /** The number of results that are remembered. */
    long estimatedSize() {
        return computations.estimatedSize();
    }
}

package io.perfkit.cache;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.perfkit.cache.Computations.Computation;
import java.util.function.Function;

/**
 * Derives something from an object once, and keeps it for as long as that object lives: a formatted form, a parsed
 * schema, a size. Objects are told apart by identity ({@code ==}), never by {@code equals}, and held weakly: when nobody
 * else holds the object, it is collected, and what was derived from it soon after. Thread-safe, if the function is.
 *
 * <p><b>The derived value must not hold the object</b>, directly or through others: the cache holds the value, so the
 * object would live for ever. The function must not hold it either.
 *
 * <p>Each value is derived once, however many threads ask for it at the same time. A null is a value like any other.
 * What the function throws reaches every caller that waits, unchanged, and is not kept. The function may ask for the
 * values of other objects; if it asks for one that waits for it, a {@link RecursiveLoadException} says so. There is no
 * bound but the objects themselves.
 *
 * @param <K> the type of the objects
 * @param <V> the type of what is derived
 */
public final class WeakCache<K, V> implements Function<K, V> {

    private final Computations<K, V> computations;

    private WeakCache(Computations<K, V> computations) {
        this.computations = computations;
    }

    /**
     * A cache of what a function derives.
     *
     * @param function derives a value from an object
     * @param <K> the type of the objects
     * @param <V> the type of what is derived
     * @return the cache
     */
    public static <K, V> WeakCache<K, V> of(Function<? super K, ? extends V> function) {
        return new WeakCache<>(new Computations<>(
                Caffeine.newBuilder().weakKeys().executor(Runnable::run).<K, Computation<V>>build(),
                false,
                function,
                "WeakCache",
                WeakCache::description));
    }

    /** Without the object's own text, which may be long, and which it may not be ready for. */
    private static String description(Object key) {
        return key.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(key));
    }

    /**
     * What is derived from an object, now or before.
     *
     * @param object the object, not null
     * @return the value
     * @throws RecursiveLoadException if the function asks for an object whose value waits for it
     * @throws CacheException if the wait for another thread was interrupted
     */
    @Override
    @SuppressWarnings("NullAway") // null is returned where the function returns it
    public V apply(K object) {
        return computations.get(object);
    }

    /**
     * Forgets what was derived from an object, because the object has changed. A derivation that is running is not kept
     * either.
     *
     * @param object the object
     */
    public void invalidate(K object) {
        computations.invalidate(object);
    }

    /** The number of objects of which a value is kept; may include some that are collected by now. */
    long estimatedSize() {
        return computations.estimatedSize();
    }
}

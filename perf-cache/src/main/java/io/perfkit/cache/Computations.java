package io.perfkit.cache;

import com.github.benmanes.caffeine.cache.Cache;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A function with a Caffeine cache before it, whose computations run <em>outside</em> of the cache's own locks: what is
 * in the cache is a promise of the value, put there before the computation begins. So a computation may ask for other
 * keys, as a recursive function does, which Caffeine's {@code get(key, function)} forbids.
 *
 * <p>Each computation is a {@link Flight} to the {@link WaitForGraph}, so that a circle of waiting threads is seen also
 * where it passes through regions and their loaders.
 */
final class Computations<K, V> {

    private final Cache<K, Computation<V>> cache;
    private final Function<? super K, ? extends @Nullable V> function;
    private final Function<? super K, String> description;
    private final String owner;
    private final boolean announced;

    /**
     * @param announced whether the cache is to be told when a computation is done, by an update of its key
     * @param owner what messages call this cache
     * @param description what messages call a key
     */
    Computations(
            Cache<K, Computation<V>> cache,
            boolean announced,
            Function<? super K, ? extends @Nullable V> function,
            String owner,
            Function<? super K, String> description) {
        this.cache = cache;
        this.announced = announced;
        this.function = function;
        this.owner = owner;
        this.description = description;
    }

    /** A value that is being computed, or has been: then it no longer matters by whom. */
    static final class Computation<V> {

        private final CompletableFuture<@Nullable V> result;
        private volatile @Nullable Flight<V> flight;
        /** Whether it failed because its thread was interrupted, which is the affair of one caller. */
        private volatile boolean interrupted;

        private Computation(CompletableFuture<@Nullable V> result, @Nullable Flight<V> flight) {
            this.result = result;
            this.flight = flight;
        }

        boolean isDone() {
            return flight == null;
        }
    }

    @Nullable
    V get(K key) {
        while (true) {
            Computation<V> present = cache.getIfPresent(key);
            if (present == null) {
                Flight<V> flight = new Flight<>(owner, description.apply(key), 0, 0);
                Computation<V> mine = new Computation<>(new CompletableFuture<>(), flight);
                flight.ledHere();
                present = cache.asMap().putIfAbsent(key, mine);
                if (present == null) {
                    return compute(key, mine, flight);
                }
            }
            awaitEnd(present);
            if (!present.interrupted) {
                return outcome(present);
            }
        }
    }

    private @Nullable V compute(K key, Computation<V> mine, Flight<V> flight) {
        try {
            V value = function.apply(key);
            mine.result.complete(value);
            if (announced) {
                cache.asMap().replace(key, mine, new Computation<>(mine.result, null));
            }
            return value;
        } catch (Throwable t) {
            cache.asMap().remove(key, mine);
            mine.interrupted = Interruption.isIn(t);
            mine.result.completeExceptionally(t);
            throw t;
        } finally {
            flight.abandon();
            mine.flight = null;
        }
    }

    private void awaitEnd(Computation<V> computation) {
        Flight<V> flight = computation.flight;
        if (flight == null || computation.result.isDone()) {
            return;
        }
        Flight<?> outer = startWaiting(flight);
        try {
            computation.result.get();
        } catch (ExecutionException e) {
            // The outcome is looked at by the caller.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CacheException("Interrupted while waiting for a value of a " + owner, e);
        } finally {
            WaitForGraph.stopWaiting(outer);
        }
    }

    /** Of one that has ended. As it was thrown: the future would take an envelope off that the function has thrown. */
    private @Nullable V outcome(Computation<V> computation) {
        Throwable thrown = computation.result.isCompletedExceptionally()
                ? computation.result.handle((value, failure) -> failure).join()
                : null;
        if (thrown != null) {
            throw Flight.<RuntimeException>unchanged(thrown);
        }
        return computation.result.join();
    }

    private @Nullable Flight<?> startWaiting(Flight<V> flight) {
        try {
            return WaitForGraph.startWaiting(flight);
        } catch (RecursiveLoadException e) {
            throw new RecursiveLoadException(
                    "A " + owner + " is asked for '" + flight.key() + "' by a computation that "
                            + "this very value waits for, directly or in a circle with other threads: no value can be made of "
                            + "itself. Let the function end before it comes back to a key");
        }
    }

    void invalidate(K key) {
        cache.invalidate(key);
    }

    void clear() {
        cache.invalidateAll();
    }

    long estimatedSize() {
        cache.cleanUp();
        return cache.estimatedSize();
    }
}

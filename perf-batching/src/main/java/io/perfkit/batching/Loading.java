package io.perfkit.batching;

import io.github.resilience4j.retry.Retry;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The calls of the loader: repeated as configured, counted, and watched for silence where calls have a deadline. */
final class Loading<K, V extends @Nullable Object> {
    private final BatchLoader<K, V> loader;
    private final @Nullable Retry retry;
    private final Outcomes<K, V> outcomes;
    private final Counters counters;
    private final LongSupplier now;
    private final boolean isTimed;
    private final long timeoutNanos;
    private volatile long lastReturnNanos;
    private volatile @Nullable Silence last;

    Loading(Batcher.Builder<K, V> settings, Outcomes<K, V> outcomes, Counters counters, LongSupplier now) {
        loader = settings.loader;
        retry = settings.retry == null ? null : Retry.of(settings.name, settings.retry);
        this.outcomes = outcomes;
        this.counters = counters;
        this.now = now;
        isTimed = settings.timeout != null;
        timeoutNanos = settings.timeout == null ? Long.MAX_VALUE : settings.timeout.toNanos();
    }

    /** Asks for the keys; without a batch, for the thread that calls. */
    Map<K, V> ask(Set<K> keys, @Nullable Batch<K, V> batch) throws Exception {
        if (batch != null && !batch.isAwaited()) {
            return Map.of();
        }
        counters.batch(batch == null ? keys.size() : batch.callCount(), keys.size());
        try {
            if (retry == null) {
                return outcomes.checked(loader.load(keys));
            }
            // Nobody is served by another attempt when everybody has gone.
            return retry.executeCallable(
                    () -> batch == null || batch.isAwaited() ? outcomes.checked(loader.load(keys)) : Map.<K, V>of());
        } catch (Throwable failure) {
            counters.failedBatches.increment();
            outcomes.explain(failure);
            throw failure;
        } finally {
            if (isTimed) {
                lastReturnNanos = now.getAsLong();
            }
        }
    }

    /**
     * What to say of a call that expires while loaders are under way and none returned for long: callers may hold what
     * they wait for. If all slots were taken, a longer timeout would only make the callers wait longer. Half a timeout is long, because the loaders that hang may have begun
     * right after others returned. It is said of the calls that expire within a timeout after that too: the first that
     * expire let go of what the loaders wait for, but the others have waited for the same reason.
     */
    String silence(int held, int slots) {
        long time = now.getAsLong();
        long silent = time - lastReturnNanos;
        if (held > 0 && silent >= timeoutNanos / 2) {
            last = new Silence(time, outcomes.stuck(held, slots, Duration.ofNanos(silent)));
        }
        Silence known = last;
        return known != null && time - known.seenNanos <= timeoutNanos ? known.text : "";
    }

    private record Silence(long seenNanos, String text) {}
}

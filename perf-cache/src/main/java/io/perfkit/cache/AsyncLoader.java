package io.perfkit.cache;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Begins to compute a value that is not in the cache, and decides how it is kept: a {@link ContextLoader} that holds no
 * thread.
 *
 * @param <V> the type of the value
 */
@FunctionalInterface
public interface AsyncLoader<V> {

    /**
     * Begins to compute the value. Must not block.
     *
     * @param key the key that is asked for
     * @param context the stale value, if there is one, and what to do with the new one. Valid until the stage completes:
     *     what is set before that counts
     * @return the value's stage; it may bring null only where the policy has a {@code nullTtl}, or after
     *     {@link LoadContext#doNotStore}. Null instead of a stage is an error that callers get
     */
    @Nullable
    CompletionStage<? extends @Nullable V> load(String key, LoadContext<V> context);
}

package io.perfkit.cache.proxy;

import io.perfkit.cache.CacheLoadException;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.LoadContext;
import io.perfkit.cache.internal.Envelope;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A call whose result has one key. */
final class CachedCall implements Call {

    private final CacheRegion<Object> region;
    private final Unmistakable key;
    private final ReturnShape shape;
    private final Onward target;
    private final Class<?>[] declared;
    private final boolean cachesNull;

    CachedCall(CacheRegion<Object> region, Unmistakable key, ReturnShape shape, Onward target, Class<?>[] declared) {
        this.region = region;
        this.key = key;
        this.shape = shape;
        this.target = target;
        this.declared = declared;
        this.cachesNull = region.policy().nullTtl().isPresent();
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // it is returned to the caller of the method
    public @Nullable Object invoke(Object proxy, @Nullable Object[] arguments) throws Throwable {
        String text = key.of(arguments);
        if (text == null) {
            return target.invoke(proxy, arguments);
        }
        if (shape.staged()) {
            return stage(text, proxy, arguments);
        }
        Object value;
        try {
            value = region.getOrSet(text, (k, context) -> load(proxy, arguments, context));
        } catch (CacheLoadException e) {
            throw Passed.unwrapped(e, declared);
        }
        // Another method of the same key may have cached its absence.
        return value == null && shape.primitive() ? target.invoke(proxy, arguments) : shape.wrapped(value);
    }

    @SuppressWarnings("NullAway") // null is stored where the policy says so, and nowhere else
    private Object load(Object proxy, @Nullable Object[] arguments, LoadContext<Object> context) throws Passed {
        return keep(shape.unwrapped(Passed.through(target, proxy, arguments)), context);
    }

    private @Nullable Object keep(@Nullable Object value, LoadContext<Object> context) {
        if (value == null && !cachesNull) {
            context.doNotStore();
        }
        return value;
    }

    private CompletableFuture<@Nullable Object> stage(String text, Object proxy, @Nullable Object[] arguments) {
        CompletableFuture<@Nullable Object> result = new CompletableFuture<>();
        var unused = region.getOrSetAsync(text, (k, context) -> loadLater(proxy, arguments, context))
                .whenComplete((value, failure) -> {
                    if (failure == null) {
                        result.complete(shape.wrapped(value));
                    } else {
                        result.completeExceptionally(asThrown(failure));
                    }
                });
        return result;
    }

    private @Nullable CompletionStage<@Nullable Object> loadLater(
            Object proxy, @Nullable Object[] arguments, LoadContext<Object> context) {
        CompletionStage<?> stage;
        try {
            stage = (CompletionStage<?>) Passed.through(target, proxy, arguments);
        } catch (Passed e) {
            return CompletableFuture.failedFuture(e);
        }
        if (stage == null) {
            return null;
        }
        CompletableFuture<@Nullable Object> loaded = new CompletableFuture<>();
        var unused = stage.whenComplete((value, failure) -> {
            if (failure == null) {
                loaded.complete(keep(shape.unwrapped(value), context));
            } else {
                loaded.completeExceptionally(Passed.through(Envelope.opened(failure)));
            }
        });
        return loaded;
    }

    private static Throwable asThrown(Throwable failure) {
        Throwable cause = Envelope.opened(failure);
        return cause instanceof CacheLoadException load ? Passed.unwrapped(load, Throwable.class) : cause;
    }
}

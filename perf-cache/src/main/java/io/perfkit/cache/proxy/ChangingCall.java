package io.perfkit.cache.proxy;

import io.perfkit.cache.CacheException;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.Invalidation;
import io.perfkit.cache.PerfCache;
import io.perfkit.cache.internal.Limits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A call after which something in the cache is no longer true. */
final class ChangingCall implements Call {

    /** One thing that a call changes. */
    @FunctionalInterface
    interface Change {
        void apply(@Nullable Object[] arguments, @Nullable Object result);
    }

    private final List<Change> changes;
    private final ReturnShape shape;
    private final Onward target;
    private final PerfCache cache;

    ChangingCall(List<Change> changes, ReturnShape shape, Onward target, PerfCache cache) {
        this.cache = cache;
        this.changes = List.copyOf(changes);
        this.shape = shape;
        this.target = target;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // it is returned to the caller of the method
    public @Nullable Object invoke(Object proxy, @Nullable Object[] arguments) throws Throwable {
        // A stage may complete on a thread that is in no transaction, or in another one.
        Executor caller = shape.staged() ? cache.currentTransaction() : null;
        Object returned = target.invoke(proxy, arguments);
        if (caller != null && returned != null) {
            return after((CompletionStage<?>) returned, arguments, caller);
        }
        apply(arguments, returned);
        return returned;
    }

    /** Completes as the method's own stage does, but not before the changes have been applied. */
    private CompletableFuture<@Nullable Object> after(
            CompletionStage<?> stage, @Nullable Object[] arguments, Executor caller) {
        CompletableFuture<@Nullable Object> result = new CompletableFuture<>();
        var unused = stage.whenComplete((value, failure) -> {
            if (failure != null) {
                result.completeExceptionally(failure);
                return;
            }
            try {
                caller.execute(() -> apply(arguments, value));
                result.complete(value);
            } catch (Throwable t) {
                result.completeExceptionally(t);
            }
        });
        return result;
    }

    /** All of them, whatever becomes of each. */
    private void apply(@Nullable Object[] arguments, @Nullable Object returned) {
        Object result = shape.unwrapped(returned);
        RuntimeException failure = null;
        for (Change each : changes) {
            try {
                each.apply(arguments, result);
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /**
     * Puts the result; what was there is gone in any case. Under a key that other arguments may have too, nothing is put:
     * who reads it might be one of those.
     */
    static Change update(CacheRegion<Object> region, CallKey key) {
        return (arguments, result) -> {
            String text = key.of(arguments, result);
            if (text != null && result != null && !key.isAmbiguous(arguments, result)) {
                region.put(text, result);
            } else if (text != null) {
                region.invalidate(text);
            }
        };
    }

    /** Says what of a region a call invalidates. */
    @FunctionalInterface
    interface Subject {
        Invalidation invalidate(@Nullable Object[] arguments, @Nullable Object result);
    }

    /** Invalidates; where the arguments cannot be read to say what, everything, and the exception is the caller's. */
    static Change invalidation(CacheRegion<?> region, Subject subject, @Nullable Duration repeatAfter) {
        return (arguments, result) -> {
            Invalidation invalidation;
            try {
                invalidation = subject.invalidate(arguments, result);
            } catch (CacheException e) {
                throw e;
            } catch (RuntimeException e) {
                region.clear();
                throw e;
            }
            if (repeatAfter != null) {
                invalidation.repeatAfter(repeatAfter);
            }
        };
    }

    static Subject everything(CacheRegion<?> region) {
        return (arguments, result) -> region.clear();
    }

    static Subject pattern(CacheRegion<?> region, Template template, @Nullable Integer bulk) {
        return (arguments, result) -> {
            List<Invalidation> all = new ArrayList<>();
            for (@Nullable Object[] each : singles(arguments, bulk)) {
                all.add(region.invalidatePattern(template.pattern(each, result)));
            }
            return Invalidation.all(all);
        };
    }

    static Subject tag(CacheRegion<?> region, Template template, @Nullable Integer bulk) {
        return (arguments, result) -> {
            List<Invalidation> all = new ArrayList<>();
            for (@Nullable Object[] each : singles(arguments, bulk)) {
                String tag = template.of(each, result);
                if (tag == null) {
                    return region.clear();
                }
                // No value can have a tag that no loader may give it.
                if (!tag.isEmpty() && tag.length() <= Limits.MAXIMUM_TAG_LENGTH) {
                    all.add(region.invalidateTag(tag));
                }
            }
            return Invalidation.all(all);
        };
    }

    static Subject keys(CacheRegion<?> region, Template template, @Nullable Integer bulk) {
        return (arguments, result) -> {
            List<String> keys = new ArrayList<>();
            List<Invalidation> all = new ArrayList<>();
            for (@Nullable Object[] each : singles(arguments, bulk)) {
                String key = template.of(each, result);
                if (key == null) {
                    all.add(region.invalidatePattern(template.patternOfKeys(each, result)));
                } else {
                    keys.add(key);
                }
            }
            all.add(keys.size() == 1 ? region.invalidate(keys.get(0)) : region.invalidateAll(keys));
            return Invalidation.all(all);
        };
    }

    /** The arguments, once for each element of the bulk one. */
    private static List<@Nullable Object[]> singles(@Nullable Object[] arguments, @Nullable Integer bulk) {
        List<@Nullable Object[]> singles = new ArrayList<>();
        if (bulk == null) {
            singles.add(arguments);
            return singles;
        }
        Collection<?> elements = (Collection<?>) arguments[bulk];
        for (Object element : elements == null ? Collections.singletonList(null) : elements) {
            @Nullable Object[] single = arguments.clone();
            single[bulk] = element;
            singles.add(single);
        }
        return singles;
    }
}

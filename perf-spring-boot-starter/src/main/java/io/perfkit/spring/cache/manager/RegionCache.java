package io.perfkit.spring.cache.manager;

import io.perfkit.cache.CacheLoadException;
import io.perfkit.cache.CacheRegion;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;
import org.springframework.cache.support.SimpleValueWrapper;

/** A region as Spring sees it. Null is remembered where the region has a {@code null-ttl}, and else not. */
final class RegionCache implements Cache {

    private final CacheRegion<Object> region;
    private final boolean keepsNull;

    RegionCache(CacheRegion<Object> region) {
        this.region = region;
        this.keepsNull = region.policy().nullTtl().isPresent();
    }

    @Override
    public String getName() {
        return region.name();
    }

    @Override
    public Object getNativeCache() {
        return region;
    }

    @Override
    public @Nullable ValueWrapper get(Object key) {
        Object value = region.getIfPresent(KeyText.of(region.name(), key));
        return value == null ? null : new SimpleValueWrapper(value);
    }

    @Override
    public <T> @Nullable T get(Object key, @Nullable Class<T> type) {
        Object value = region.getIfPresent(KeyText.of(region.name(), key));
        if (value != null && type != null && !type.isInstance(value)) {
            throw new IllegalStateException("The value of key " + key + " in cache '" + region.name() + "' is a "
                    + value.getClass().getName() + ", and not a " + type.getName());
        }
        @SuppressWarnings("unchecked") // just looked at
        T typed = (T) value;
        return typed;
    }

    @Override
    @SuppressWarnings("unchecked") // what the loader returned
    public <T> @Nullable T get(Object key, Callable<T> loader) {
        try {
            return (T) region.getOrSet(KeyText.of(region.name(), key), (text, context) -> {
                T loaded;
                try {
                    loaded = loader.call();
                } catch (Exception failure) {
                    throw new ValueRetrievalException(key, loader, failure);
                }
                if (loaded == null && !keepsNull) {
                    context.doNotStore();
                }
                return loaded;
            });
        } catch (CacheLoadException failure) {
            throw new ValueRetrievalException(key, loader, failure.getCause() == null ? failure : failure.getCause());
        }
    }

    @Override
    public @Nullable CompletableFuture<?> retrieve(Object key) {
        Object value = region.getIfPresent(KeyText.of(region.name(), key));
        return value == null ? null : CompletableFuture.completedFuture(value);
    }

    @Override
    @SuppressWarnings("unchecked") // what the loader's future has
    public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> loader) {
        return (CompletableFuture<T>) region.getOrSetAsync(
                KeyText.of(region.name(), key),
                (text, context) -> loader.get().thenApply(value -> {
                    if (value == null && !keepsNull) {
                        context.doNotStore();
                    }
                    return (Object) value;
                }));
    }

    @Override
    public void put(Object key, @Nullable Object value) {
        String text = KeyText.of(region.name(), key);
        if (value == null) {
            region.invalidate(text);
        } else {
            region.put(text, value);
        }
    }

    @Override
    public @Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
        if (value == null) {
            return get(key);
        }
        AtomicBoolean absent = new AtomicBoolean();
        Object present = region.getOrSet(KeyText.of(region.name(), key), (text, context) -> {
            absent.set(true);
            return value;
        });
        return absent.get() ? null : new SimpleValueWrapper(present);
    }

    @Override
    public void evict(Object key) {
        region.invalidate(KeyText.of(region.name(), key));
    }

    @Override
    public boolean evictIfPresent(Object key) {
        String text = KeyText.of(region.name(), key);
        boolean present = region.getIfPresent(text) != null;
        region.invalidate(text);
        return present;
    }

    @Override
    public void clear() {
        region.clear();
    }

    @Override
    public boolean invalidate() {
        region.clear();
        return true;
    }
}

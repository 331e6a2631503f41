package io.perfkit.spring.cache.manager;

import io.perfkit.cache.CacheException;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import io.perfkit.spring.cache.CacheProperties;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;

/**
 * A region for each name that {@code @Cacheable} and its like mention. The type of its values is that of the property
 * {@code perfkit.cache.regions.<name>.type}, or else what the annotated methods return; values that are shared need one.
 */
final class PerfCacheManager implements CacheManager, SmartInitializingSingleton {

    private final PerfCache cache;
    private final CacheProperties properties;
    private final ConfigurableListableBeanFactory beanFactory;
    private final Map<String, Cache> caches = new ConcurrentHashMap<>();
    private volatile Map<String, Type> inferred = Map.of();

    PerfCacheManager(PerfCache cache, CacheProperties properties, ConfigurableListableBeanFactory beanFactory) {
        this.cache = cache;
        this.properties = properties;
        this.beanFactory = beanFactory;
    }

    /** Defines all regions that are known of, so that a mistake is found now. */
    @Override
    public void afterSingletonsInstantiated() {
        inferred = CacheableTypes.find(beanFactory);
        inferred.keySet().forEach(this::getCache);
    }

    @Override
    public Cache getCache(String name) {
        return caches.computeIfAbsent(name, this::create);
    }

    @SuppressWarnings("unchecked") // Spring hands out what it was given
    private Cache create(String name) {
        CacheRegion<?> region = cache.findRegion(name);
        if (region == null) {
            Class<?> declared = properties.typeOf(name);
            Type type = declared != null ? declared : inferred.getOrDefault(name, Object.class);
            try {
                region = cache.region(name, type, properties.policy(name));
            } catch (CacheException refused) {
                throw new CacheException(
                        refused.getMessage() + ". It is used by @Cacheable: set perfkit.cache.regions." + name
                                + ".type to the class of its values, or perfkit.cache.regions." + name
                                + ".local-only=true",
                        refused);
            }
        }
        return new RegionCache((CacheRegion<Object>) region);
    }

    @Override
    public Collection<String> getCacheNames() {
        return List.copyOf(caches.keySet());
    }
}

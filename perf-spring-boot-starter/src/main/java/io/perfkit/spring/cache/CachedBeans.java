package io.perfkit.spring.cache;

import io.perfkit.cache.CacheException;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import io.perfkit.cache.proxy.MethodCaching;
import io.perfkit.cache.proxy.MethodCaching.CachedMethods;
import io.perfkit.spring.internal.EarlyBeans;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ClassUtils;
import org.springframework.util.ConcurrentReferenceHashMap;

/**
 * The beans whose methods are cached. When all singletons are there, the annotations of all beans are checked, also of
 * those that are created later; a mistake keeps the application from starting. A cached method that is called before, by
 * a bean that is being initialised, makes this happen as far as it is needed.
 */
final class CachedBeans implements SmartInitializingSingleton {

    private static final Logger LOG = LoggerFactory.getLogger(CachedBeans.class);

    /** Loads no class and keeps none. */
    private static final Map<Class<?>, Boolean> CANDIDATES =
            new ConcurrentReferenceHashMap<>(256, ConcurrentReferenceHashMap.ReferenceType.WEAK);

    private final ConfigurableListableBeanFactory beanFactory;
    private final ObjectProvider<PerfCache> cache;
    private final ObjectProvider<CacheProperties> properties;
    private final Map<Class<?>, CachedMethods> byType = new ConcurrentHashMap<>();
    private volatile @Nullable MethodCaching caching;
    private volatile @Nullable CacheLifecycle lifecycle;

    CachedBeans(
            ConfigurableListableBeanFactory beanFactory,
            ObjectProvider<PerfCache> cache,
            ObjectProvider<CacheProperties> properties) {
        this.beanFactory = beanFactory;
        this.cache = cache;
        this.properties = properties;
    }

    /** Whether a class may have annotations; answered quickly for the many that cannot. */
    static boolean isCandidate(Class<?> type) {
        Class<?> own = typeOf(type);
        return !own.getName().startsWith("org.springframework.")
                && CANDIDATES.computeIfAbsent(own, MethodCaching::isAnnotated);
    }

    /** The class that an application wrote; of a proxy that the JDK made, that one, which has its interfaces. */
    static Class<?> typeOf(Class<?> type) {
        return Proxy.isProxyClass(type) ? type : ClassUtils.getUserClass(type);
    }

    CachedMethods methods(Class<?> type) {
        CachedMethods known = byType.get(type);
        return known != null ? known : byType.computeIfAbsent(type, caching()::methods);
    }

    /** Whether the cache was closed because the application stops. */
    boolean isClosed() {
        CacheLifecycle known = lifecycle;
        return known != null && known.isClosed();
    }

    @Override
    public void afterSingletonsInstantiated() {
        lifecycle = beanFactory.getBeanProvider(CacheLifecycle.class).getIfAvailable();
        if (cache.getIfAvailable() == null) {
            return;
        }
        CacheException first = null;
        for (Class<?> type : annotatedTypes()) {
            try {
                methods(type);
                warnOfSelfInvocations(type);
            } catch (CacheException mistake) {
                if (first == null) {
                    first = mistake;
                } else {
                    first.addSuppressed(mistake);
                }
            }
        }
        if (first != null) {
            throw first;
        }
        EarlyBeans.warn(LOG, "Cache annotations", beanFactory, CachedBeans::isCandidate, CacheAdvisor.class);
    }

    private static void warnOfSelfInvocations(Class<?> type) {
        if (Proxy.isProxyClass(type) || type.isInterface()) {
            return;
        }
        List<String> calls = SelfInvocations.of(type);
        if (!calls.isEmpty()) {
            LOG.warn(
                    "In {}, {}: a call of an object's own method does not come through the proxy, so that its cache "
                            + "annotation does nothing there. Move the annotated method to a bean of its own",
                    type.getName(),
                    String.join(", ", calls));
        }
    }

    /** Regions come first, those of beans before those that methods imply: an invalidation may name any of them. */
    private synchronized MethodCaching caching() {
        MethodCaching known = caching;
        if (known == null) {
            beanFactory.getBeansOfType(CacheRegion.class);
            CacheProperties settings = properties.getObject();
            known = MethodCaching.builder(cache.getObject())
                    .regionPolicies(settings::policy)
                    .durationTexts(text -> String.valueOf(beanFactory.resolveEmbeddedValue(text)))
                    .build();
            for (Class<?> type : annotatedTypes()) {
                known.defineRegions(type);
            }
            caching = known;
        }
        return known;
    }

    private Set<Class<?>> annotatedTypes() {
        Set<Class<?>> types = new LinkedHashSet<>();
        List<String> names = new ArrayList<>(List.of(beanFactory.getBeanDefinitionNames()));
        names.addAll(List.of(beanFactory.getSingletonNames()));
        for (String name : names) {
            Class<?> type = AutoProxyUtils.determineTargetClass(beanFactory, name);
            if (type != null && isCandidate(type)) {
                types.add(typeOf(type));
            }
        }
        return types;
    }
}

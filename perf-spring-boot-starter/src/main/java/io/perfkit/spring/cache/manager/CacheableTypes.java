package io.perfkit.spring.cache.manager;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.cache.annotation.AnnotationCacheOperationSource;
import org.springframework.cache.interceptor.CacheEvictOperation;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/** What the caches of Spring's annotations hold, as far as the return types of the annotated methods say it. */
final class CacheableTypes {

    private static final AnnotationCacheOperationSource ANNOTATIONS = new AnnotationCacheOperationSource(false);

    private CacheableTypes() {}

    static Map<String, Type> find(ConfigurableListableBeanFactory beanFactory) {
        Map<String, Type> types = new HashMap<>();
        Set<Class<?>> seen = new LinkedHashSet<>();
        for (String bean : beanFactory.getBeanDefinitionNames()) {
            Class<?> type = AutoProxyUtils.determineTargetClass(beanFactory, bean);
            if (type != null
                    && !type.getName().startsWith("org.springframework.")
                    && ANNOTATIONS.isCandidateClass(type)
                    && seen.add(ClassUtils.getUserClass(type))) {
                add(ClassUtils.getUserClass(type), types);
            }
        }
        return types;
    }

    private static void add(Class<?> type, Map<String, Type> types) {
        for (Method method : type.getMethods()) {
            var operations = ANNOTATIONS.getCacheOperations(method, type);
            if (operations == null) {
                continue;
            }
            ResolvableType returned = value(ResolvableType.forMethodReturnType(method, type));
            for (CacheOperation each : operations) {
                for (String name : each.getCacheNames()) {
                    if (each instanceof CacheEvictOperation || returned.resolve() == void.class) {
                        types.putIfAbsent(name, Object.class);
                        continue;
                    }
                    Type one = returned.hasUnresolvableGenerics()
                            ? returned.toClass()
                            : returned.hasGenerics()
                                    ? returned.getType()
                                    : ClassUtils.resolvePrimitiveIfNecessary(returned.toClass());
                    types.merge(name, one, CacheableTypes::both);
                }
            }
        }
    }

    /** What an eviction knows is nothing; what two methods say of one cache must be the same. */
    private static Type both(Type known, Type another) {
        if (known == Object.class || known.equals(another)) {
            return another;
        }
        return another == Object.class ? known : Object.class;
    }

    private static ResolvableType value(ResolvableType returned) {
        ResolvableType type = returned;
        if (type.resolve() == CompletableFuture.class || type.resolve() == CompletionStage.class) {
            type = type.getGeneric(0);
        }
        return type.resolve() == Optional.class ? type.getGeneric(0) : type;
    }
}

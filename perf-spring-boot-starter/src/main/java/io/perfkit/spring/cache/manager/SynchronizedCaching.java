package io.perfkit.spring.cache.manager;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.cache.CacheManager;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.cache.interceptor.CacheableOperation;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.util.StringUtils;

/**
 * Lets every {@code @Cacheable} that can be {@code sync} be so. Otherwise Spring looks, calls the method, and puts what it
 * returned, however much was evicted meanwhile: an old value would be stored over an eviction. In one step, the region
 * refuses it, and callers of one key share a load.
 */
final class SynchronizedCaching implements BeanPostProcessor, PriorityOrdered {

    private final ObjectProvider<CacheManager> managers;

    SynchronizedCaching(ObjectProvider<CacheManager> managers) {
        this.managers = managers;
    }

    /** Before what looks for advisors, with which the annotations' reader comes. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        return bean instanceof CacheOperationSource source ? new Source(source) : bean;
    }

    private final class Source implements CacheOperationSource {

        private final CacheOperationSource annotations;

        Source(CacheOperationSource annotations) {
            this.annotations = annotations;
        }

        @Override
        public boolean isCandidateClass(Class<?> type) {
            return annotations.isCandidateClass(type);
        }

        @Override
        public boolean hasCacheOperations(Method method, @Nullable Class<?> type) {
            return annotations.hasCacheOperations(method, type);
        }

        @Override
        public @Nullable Collection<CacheOperation> getCacheOperations(Method method, @Nullable Class<?> type) {
            Collection<CacheOperation> operations = annotations.getCacheOperations(method, type);
            return operations != null
                            && operations.size() == 1
                            && operations.iterator().next() instanceof CacheableOperation one
                            && canBeSynchronized(one)
                            && managers.getIfUnique() instanceof PerfCacheManager
                    ? List.of(synchronizedOne(one))
                    : operations;
        }

        private static boolean canBeSynchronized(CacheableOperation operation) {
            return !operation.isSync()
                    && !StringUtils.hasText(operation.getUnless())
                    && operation.getCacheNames().size() == 1
                    && operation.getCacheManager().isEmpty()
                    && operation.getCacheResolver().isEmpty();
        }

        private static CacheableOperation synchronizedOne(CacheableOperation one) {
            CacheableOperation.Builder builder = new CacheableOperation.Builder();
            builder.setName(one.getName());
            builder.setCacheNames(one.getCacheNames().toArray(String[]::new));
            builder.setKey(one.getKey());
            builder.setKeyGenerator(one.getKeyGenerator());
            builder.setCondition(one.getCondition());
            builder.setSync(true);
            return builder.build();
        }
    }
}

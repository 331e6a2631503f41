package io.perfkit.spring.cache;

import io.perfkit.cache.CacheListener;
import io.perfkit.cache.PerfCache;
import io.perfkit.cache.TransactionContext;
import io.perfkit.cache.spi.SharedTier;
import io.perfkit.spring.internal.PropertyErrors;
import io.perfkit.spring.internal.ProxyRegistrar;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** A {@link PerfCache} and its annotations on beans. Of an application that has a cache of its own, that one is used. */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration",
            "org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration"
        })
@ConditionalOnClass(PerfCache.class)
@ConditionalOnBooleanProperty(name = "perfkit.cache.enabled", matchIfMissing = true)
@EnableConfigurationProperties(CacheProperties.class)
@Import({RedisConfiguration.class, ProxyRegistrar.class})
public final class CacheAutoConfiguration {

    /** Closed by its lifecycle, and by this where the application did not get as far as starting. */
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    PerfCache perfCache(
            CacheProperties properties,
            Environment environment,
            ObjectProvider<SharedTier> tier,
            ObjectProvider<TransactionContext> transactions,
            ObjectProvider<CacheListener> listeners) {
        PerfCache.Builder builder = properties.builder(environment.getProperty("spring.application.name"));
        SharedTier shared = tier.getIfUnique();
        if (shared != null) {
            builder.shared(shared);
            properties.applyShared(builder);
        }
        transactions.ifUnique(builder::transactions);
        listeners.orderedStream().forEach(builder::listener);
        return PropertyErrors.named("perfkit.cache", builder::build);
    }

    @Bean
    CacheLifecycle perfCacheLifecycle(PerfCache cache) {
        return new CacheLifecycle(cache);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static CachedBeans perfCachedBeans(
            ConfigurableListableBeanFactory beanFactory,
            ObjectProvider<PerfCache> cache,
            ObjectProvider<CacheProperties> properties) {
        return new CachedBeans(beanFactory, cache, properties);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static CacheAdvisor perfCacheAdvisor(ObjectProvider<CachedBeans> beans, Environment environment) {
        return new CacheAdvisor(beans, environment.getProperty("spring.aop.proxy-target-class", Boolean.class, true));
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(TransactionSynchronizationManager.class)
    static class TransactionConfiguration {

        @Bean
        @ConditionalOnMissingBean(TransactionContext.class)
        SpringTransactions perfCacheTransactions() {
            return new SpringTransactions();
        }
    }
}

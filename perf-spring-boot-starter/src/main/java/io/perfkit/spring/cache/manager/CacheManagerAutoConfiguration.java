package io.perfkit.spring.cache.manager;

import io.perfkit.cache.PerfCache;
import io.perfkit.spring.cache.CacheAutoConfiguration;
import io.perfkit.spring.cache.CacheProperties;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.cache.CacheManager;
import org.springframework.cache.interceptor.CacheAspectSupport;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;

/**
 * Of an application with {@code @EnableCaching} and no manager of its own, {@code @Cacheable} methods are cached here, in
 * both tiers. With {@code spring.cache.type}, it has said which manager it wants.
 */
@AutoConfiguration(
        after = CacheAutoConfiguration.class,
        beforeName = "org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration")
@ConditionalOnClass({PerfCache.class, CacheManager.class})
@ConditionalOnBean({PerfCache.class, CacheAspectSupport.class})
@ConditionalOnMissingBean(value = CacheManager.class, name = "cacheResolver")
// Spring Boot's own setting: whoever made it wants another manager.
@ConditionalOnProperty(name = "spring.cache.type", havingValue = "perfkit", matchIfMissing = true)
public final class CacheManagerAutoConfiguration {

    @Bean
    PerfCacheManager cacheManager(
            PerfCache cache, CacheProperties properties, ConfigurableListableBeanFactory beanFactory) {
        return new PerfCacheManager(cache, properties, beanFactory);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static SynchronizedCaching perfSynchronizedCaching(ObjectProvider<CacheManager> managers) {
        return new SynchronizedCaching(managers);
    }
}

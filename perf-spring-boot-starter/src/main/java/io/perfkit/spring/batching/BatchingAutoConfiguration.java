package io.perfkit.spring.batching;

import io.micrometer.core.instrument.MeterRegistry;
import io.perfkit.batching.Batcher;
import io.perfkit.batching.BatcherListener;
import io.perfkit.batching.micrometer.BatchingMetrics;
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
import org.springframework.context.annotation.Role;

/** Batchers of the methods with {@link BatchLoader}. */
@AutoConfiguration
@ConditionalOnClass(Batcher.class)
@ConditionalOnBooleanProperty(name = "perfkit.batching.enabled", matchIfMissing = true)
@EnableConfigurationProperties(BatchingProperties.class)
public final class BatchingAutoConfiguration {

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static BatchLoaderMethods perfBatchLoaderMethods() {
        return new BatchLoaderMethods();
    }

    @Bean
    BatcherFactory perfBatcherFactory(
            ConfigurableListableBeanFactory beanFactory,
            BatchingProperties properties,
            ObjectProvider<BatcherListener> listeners) {
        return new BatcherFactory(
                beanFactory, properties, listeners.orderedStream().toList());
    }

    /** Bound by Spring Boot to the meter registries of the application, and told of each batcher as its listener. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({MeterRegistry.class, BatchingMetrics.class})
    static class MeterConfiguration {

        @Bean
        @ConditionalOnMissingBean
        BatchingMetrics perfBatchingMetrics() {
            return new BatchingMetrics();
        }
    }
}

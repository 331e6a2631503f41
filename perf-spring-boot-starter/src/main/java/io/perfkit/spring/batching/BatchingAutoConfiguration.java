package io.perfkit.spring.batching;

import io.perfkit.batching.Batcher;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
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
    BatcherFactory perfBatcherFactory(ConfigurableListableBeanFactory beanFactory, BatchingProperties properties) {
        return new BatcherFactory(beanFactory, properties);
    }
}

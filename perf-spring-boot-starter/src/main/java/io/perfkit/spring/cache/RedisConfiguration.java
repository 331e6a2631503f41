package io.perfkit.spring.cache;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.cluster.RedisClusterClient;
import io.perfkit.cache.redis.RedisTier;
import io.perfkit.cache.spi.SharedTier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * The tier that nodes share, over the Lettuce client that the application has: a bean of its own, or the one that Spring
 * Boot made of its connection details, with their credentials, certificates and settings.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(AbstractRedisClient.class)
@ConditionalOnBooleanProperty(name = "perfkit.cache.redis.enabled", matchIfMissing = true)
@ConditionalOnMissingBean(SharedTier.class)
class RedisConfiguration {

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBean(AbstractRedisClient.class)
    static class OwnClient {

        @Bean
        SharedTier perfCacheRedis(ObjectProvider<AbstractRedisClient> clients) {
            return tier(clients.getObject());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(LettuceConnectionFactory.class)
    @ConditionalOnBean(LettuceConnectionFactory.class)
    @ConditionalOnMissingBean(AbstractRedisClient.class)
    static class ClientOfSpring {

        @Bean
        SharedTier perfCacheRedis(ObjectProvider<LettuceConnectionFactory> factories) {
            return tier(factories.getObject().getRequiredNativeClient());
        }
    }

    static SharedTier tier(AbstractRedisClient client) {
        return client instanceof RedisClusterClient cluster
                ? RedisTier.of(cluster)
                : RedisTier.of((RedisClient) client);
    }
}

package io.perfkit.spring.connections;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.perfkit.connections.ConnectionRegistry;
import io.perfkit.connections.Owner;
import io.perfkit.connections.jdbc.BoundedDataSource;
import io.perfkit.connections.jdbc.ReplicaRouting;
import io.perfkit.connections.micrometer.ConnectionMetrics;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.socket.WebSocketHandler;

/** A bounded data source, and bounds of what clients keep open. */
@AutoConfiguration
@ConditionalOnClass(ConnectionRegistry.class)
public final class ConnectionsAutoConfiguration {

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({HikariDataSource.class, BoundedDataSource.class})
    @ConditionalOnBooleanProperty(name = "perfkit.datasource.enabled", matchIfMissing = true)
    @ConditionalOnProperty(name = "perfkit.datasource.size")
    @EnableConfigurationProperties(DataSourceProperties.class)
    static class DataSourceConfiguration {

        @Bean
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static BoundedDataSources perfBoundedDataSources(ObjectProvider<Owner> owner, Environment environment) {
            return new BoundedDataSources(owner, environment);
        }

        @Configuration(proxyBeanMethods = false)
        @ConditionalOnClass({MeterRegistry.class, ConnectionMetrics.class})
        static class PoolMeterConfiguration {

            @Bean
            MeterBinder perfPoolMeters(BoundedDataSources sources) {
                return meters -> sources.bounded()
                        .forEach(pool -> ConnectionMetrics.of(pool).bindTo(meters));
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({HikariDataSource.class, ReplicaRouting.class})
    @ConditionalOnBooleanProperty(name = "perfkit.datasource.enabled", matchIfMissing = true)
    @ConditionalOnProperty(name = "perfkit.datasource.replicas[0].url")
    @EnableConfigurationProperties(DataSourceProperties.class)
    static class ReplicaConfiguration {

        @Bean
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static ReplicaDataSources perfReplicaDataSources(ObjectProvider<Owner> owner, Environment environment) {
            return new ReplicaDataSources(owner, environment);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    @ConditionalOnClass({SseEmitter.class, ControllerAdvice.class})
    @ConditionalOnBooleanProperty(name = "perfkit.feeds.enabled", matchIfMissing = true)
    @EnableConfigurationProperties(FeedProperties.class)
    static class FeedConfiguration {

        @Bean
        @ConditionalOnMissingBean
        Feeds perfFeeds(FeedProperties properties) {
            return new Feeds(Registries.builder("feeds", properties));
        }

        @Bean
        LimitProblems perfLimitProblems() {
            return new LimitProblems();
        }

        @Configuration(proxyBeanMethods = false)
        @ConditionalOnClass({MeterRegistry.class, ConnectionMetrics.class})
        static class FeedMeterConfiguration {

            @Bean
            MeterBinder perfFeedMeters(Feeds feeds) {
                return ConnectionMetrics.of(feeds.registry());
            }
        }

        @Configuration(proxyBeanMethods = false)
        @ConditionalOnClass({WebSocketHandler.class, MeterRegistry.class, ConnectionMetrics.class})
        static class SocketMeterConfiguration {

            @Bean
            MeterBinder perfSocketMeters(Sockets sockets) {
                return ConnectionMetrics.of(sockets.registry());
            }
        }

        @Configuration(proxyBeanMethods = false)
        @ConditionalOnClass(WebSocketHandler.class)
        static class SocketConfiguration {

            @Bean
            @ConditionalOnMissingBean
            Sockets perfSockets(FeedProperties properties) {
                return new Sockets(Registries.builder("websockets", properties));
            }
        }
    }
}

package io.perfkit.spring.actuate;

import io.micrometer.core.instrument.MeterRegistry;
import io.perfkit.batching.Batcher;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import io.perfkit.cache.micrometer.CacheMetrics;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.spring.batching.BatchingAutoConfiguration;
import io.perfkit.spring.cache.CacheAutoConfiguration;
import io.perfkit.spring.connections.ConnectionsAutoConfiguration;
import io.perfkit.spring.monitoring.MonitoringAutoConfiguration;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The endpoint, the health indicator and the meters of what the other parts have made. */
@AutoConfiguration(
        after = {
            CacheAutoConfiguration.class,
            BatchingAutoConfiguration.class,
            MonitoringAutoConfiguration.class,
            ConnectionsAutoConfiguration.class
        })
public final class ActuatorAutoConfiguration {

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
    static class EndpointConfiguration {

        @Bean
        @ConditionalOnAvailableEndpoint
        @ConditionalOnMissingBean
        PerfkitEndpoint perfkitEndpoint(ObjectProvider<EndpointSection> sections) {
            return new PerfkitEndpoint(sections.orderedStream().toList());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(PerformanceMonitor.class)
    @ConditionalOnBean(PerformanceMonitor.class)
    static class MonitoringConfiguration {

        @Bean
        EndpointSection perfEndpointsSection(PerformanceMonitor monitor) {
            return new EndpointSection("endpoints", monitor::endpoints);
        }

        @Bean
        EndpointSection perfQueriesSection(PerformanceMonitor monitor) {
            return new EndpointSection("queries", monitor::queries);
        }

        @Bean
        EndpointSection perfCallsSection(PerformanceMonitor monitor) {
            return new EndpointSection("calls", monitor::calls);
        }

        @Bean
        EndpointSection perfFindingsSection(PerformanceMonitor monitor) {
            return new EndpointSection("findings", monitor::findings);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(PerfCache.class)
    @ConditionalOnBean(PerfCache.class)
    static class CacheConfiguration {

        @Bean
        EndpointSection perfCacheSection(PerfCache cache) {
            return new EndpointSection("cache", () -> {
                Map<String, Object> regions = new TreeMap<>();
                for (CacheRegion<?> region : cache.regions()) {
                    regions.put(region.name(), region.stats());
                }
                return Map.of("name", cache.name(), "sharedTierUp", cache.isSharedTierUp(), "regions", regions);
            });
        }

        @Configuration(proxyBeanMethods = false)
        @ConditionalOnClass(MeterRegistry.class)
        static class MeterConfiguration {

            @Bean
            @ConditionalOnMissingBean
            CacheMetrics perfCacheMetrics(PerfCache cache) {
                return CacheMetrics.of(cache).withStandardNames();
            }
        }

        @Configuration(proxyBeanMethods = false)
        @ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
        @ConditionalOnEnabledHealthIndicator("perfkit")
        static class HealthConfiguration {

            @Bean
            @ConditionalOnMissingBean(name = "perfkitHealthIndicator")
            CacheHealth perfkitHealthIndicator(PerfCache cache) {
                return new CacheHealth(cache);
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(Batcher.class)
    static class BatchingConfiguration {

        @Bean
        EndpointSection perfBatchersSection(ListableBeanFactory beans) {
            return new EndpointSection("batchers", () -> {
                Map<String, Object> all = new TreeMap<>();
                beans.getBeansOfType(Batcher.class, false, false)
                        .forEach((name, batcher) -> all.put(name, batcher.stats()));
                return all;
            });
        }
    }
}

package io.perfkit.spring.monitoring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.monitoring.MonitoringListener;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.Thresholds;
import io.perfkit.monitoring.servlet.MonitoringFilter;
import jakarta.servlet.DispatcherType;
import java.util.EnumSet;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.HandlerMapping;

/** Measures the requests and queries of the application, in the meter registry that it has. */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration"
        })
@ConditionalOnClass(PerformanceMonitor.class)
@ConditionalOnBooleanProperty(name = "perfkit.monitoring.enabled", matchIfMissing = true)
@EnableConfigurationProperties(MonitoringProperties.class)
public final class MonitoringAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    PerformanceMonitor perfMonitor(
            MonitoringProperties properties,
            ObjectProvider<MeterRegistry> registries,
            ObjectProvider<MonitoringListener> listeners) {
        MeterRegistry registry = registries.getIfAvailable(SimpleMeterRegistry::new);
        PerformanceMonitor.Builder builder = PerformanceMonitor.builder(registry)
                .thresholds(Thresholds.builder()
                        .responseTime(properties.slowRequest())
                        .queryTime(properties.slowQuery())
                        .build())
                .window(properties.window());
        listeners.orderedStream().forEach(builder::listener);
        return builder.build();
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static MonitoredDataSources perfMonitoredDataSources(
            ObjectProvider<PerformanceMonitor> monitor, Environment environment) {
        return new MonitoredDataSources(monitor, environment);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    @ConditionalOnClass({FilterRegistrationBean.class, MonitoringFilter.class})
    static class ServletConfiguration {

        @Bean
        @ConditionalOnMissingBean(name = "perfMonitoringFilter")
        FilterRegistrationBean<MonitoringFilter> perfMonitoringFilter(
                PerformanceMonitor monitor, MonitoringProperties properties) {
            MonitoringFilter filter = MonitoringFilter.builder(monitor)
                    .responseTime(properties.responseTimeHeader())
                    .serverTiming(properties.serverTimingHeader())
                    .developerHeaders(properties.developerHeaders())
                    // Spring Boot has meters of that name.
                    .httpServerRequests(false)
                    .endpointName(request -> {
                        Object pattern = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
                        return pattern == null ? "" : pattern.toString();
                    })
                    .build();
            FilterRegistrationBean<MonitoringFilter> registration = new FilterRegistrationBean<>(filter);
            registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
            registration.setAsyncSupported(true);
            registration.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC));
            return registration;
        }
    }
}

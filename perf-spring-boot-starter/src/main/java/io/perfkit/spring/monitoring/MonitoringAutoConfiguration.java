package io.perfkit.spring.monitoring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.monitoring.MonitoringListener;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.Thresholds;
import io.perfkit.monitoring.jooq.JooqMonitor;
import io.perfkit.monitoring.servlet.MonitoringFilter;
import io.perfkit.spring.internal.PropertyErrors;
import io.perfkit.spring.internal.ProxyRegistrar;
import jakarta.servlet.DispatcherType;
import java.time.Duration;
import java.util.EnumSet;
import java.util.function.Consumer;
import org.jooq.ExecuteListenerProvider;
import org.jooq.impl.DefaultExecuteListenerProvider;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
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
@Import(ProxyRegistrar.class)
public final class MonitoringAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    PerformanceMonitor perfMonitor(
            MonitoringProperties properties,
            ObjectProvider<MeterRegistry> registries,
            ObjectProvider<MonitoringListener> listeners) {
        MeterRegistry registry = registries.getIfAvailable(SimpleMeterRegistry::new);
        Thresholds.Builder thresholds = Thresholds.builder();
        PerformanceMonitor.Builder builder = PerformanceMonitor.builder(registry);
        set("slow-request", properties.slowRequest(), thresholds::responseTime);
        set("slow-query", properties.slowQuery(), thresholds::queryTime);
        set("window", properties.window(), builder::window);
        builder.thresholds(thresholds.build());
        listeners.orderedStream().forEach(builder::listener);
        return builder.build();
    }

    private static void set(String setting, Duration value, Consumer<Duration> setter) {
        PropertyErrors.named("perfkit.monitoring." + setting, value, () -> setter.accept(value));
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static MonitoredDataSources perfMonitoredDataSources(
            ObjectProvider<PerformanceMonitor> monitor, Environment environment) {
        return new MonitoredDataSources(monitor, environment);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static MonitoredBeans perfMonitoredBeans(
            ConfigurableListableBeanFactory beanFactory, ObjectProvider<PerformanceMonitor> monitor) {
        return new MonitoredBeans(beanFactory, monitor);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static MonitoredAdvisor perfMonitoredAdvisor(ObjectProvider<MonitoredBeans> beans, Environment environment) {
        return new MonitoredAdvisor(
                beans, environment.getProperty("spring.aop.proxy-target-class", Boolean.class, true));
    }

    /** Counts what jOOQ runs on a data source that is not measured; on one that is, it counts nothing. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({ExecuteListenerProvider.class, JooqMonitor.class})
    static class JooqConfiguration {

        @Bean
        @ConditionalOnMissingBean(name = "perfJooqMonitor")
        ExecuteListenerProvider perfJooqMonitor(PerformanceMonitor monitor) {
            return new DefaultExecuteListenerProvider(JooqMonitor.of("jooq", monitor));
        }
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

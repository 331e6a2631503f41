package io.perfkit.spring.monitoring;

import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.jdbc.MonitoredDataSource;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.util.ClassUtils;

/**
 * Puts a {@link MonitoredDataSource} before each data source of the application, under the same bean name. What unwraps
 * a data source, as Spring Boot's pool meters do, finds the pool as before. One that leads to a measured one is left
 * alone, so that no query counts twice.
 */
final class MonitoredDataSources implements BeanPostProcessor, Ordered {

    private static final boolean ROUTING = ClassUtils.isPresent(
            "org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource",
            MonitoredDataSources.class.getClassLoader());

    private final ObjectProvider<PerformanceMonitor> monitor;
    private final List<String> excluded;

    MonitoredDataSources(ObjectProvider<PerformanceMonitor> monitor, Environment environment) {
        this.monitor = monitor;
        // Bound by hand: the properties' own bean would come too early, before everything that may process it.
        this.excluded = Binder.get(environment)
                .bind("perfkit.monitoring.excluded-data-sources", Bindable.listOf(String.class))
                .orElse(List.of());
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (!(bean instanceof DataSource source)
                || name.startsWith("scopedTarget.")
                || excluded.contains(name)
                || isMeasured(source)) {
            return bean;
        }
        PerformanceMonitor present = monitor.getIfAvailable();
        return present == null ? bean : MonitoredDataSource.wrap(source, present);
    }

    private static boolean isMeasured(DataSource source) {
        if (ROUTING && source instanceof AbstractRoutingDataSource routing) {
            return routing.getResolvedDataSources().values().stream().anyMatch(MonitoredDataSources::isMeasured);
        }
        try {
            return source.isWrapperFor(MonitoredDataSource.class);
        } catch (SQLException | RuntimeException unknown) {
            return false;
        }
    }
}

package io.perfkit.spring.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.QueryStats;
import org.jooq.DSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jooq.autoconfigure.JooqAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class JooqMonitorTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class, JooqAutoConfiguration.class, MonitoringAutoConfiguration.class))
            .withPropertyValues("spring.datasource.url=jdbc:h2:mem:jooq-monitor");

    @ParameterizedTest
    @ValueSource(strings = {"", "dataSource"})
    void queriesOfJooq_countOnce_whetherTheDataSourceIsMeasuredOrNot(String excluded) {
        runner.withPropertyValues("perfkit.monitoring.excluded-data-sources=" + excluded)
                .run(context -> {
                    context.getBean(DSLContext.class).fetch("select 42 as answer");
                    assertThat(context.getBean(PerformanceMonitor.class).queries())
                            .filteredOn(each -> each.fingerprint().contains("answer"))
                            .singleElement()
                            .extracting(QueryStats::count)
                            .isEqualTo(1L);
                });
    }

    @Test
    void applicationWithoutJooq_isMeasuredWithoutIt() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(MonitoringAutoConfiguration.class))
                .withClassLoader(new FilteredClassLoader("org.jooq"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("perfJooqMonitor"));
    }
}

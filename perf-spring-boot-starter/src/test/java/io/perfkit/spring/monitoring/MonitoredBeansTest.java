package io.perfkit.spring.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.perfkit.cache.proxy.Cached;
import io.perfkit.monitoring.Monitored;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.TimingStats;
import io.perfkit.spring.cache.CacheAutoConfiguration;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class MonitoredBeansTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(MonitoringAutoConfiguration.class, CacheAutoConfiguration.class));

    static class Owners {
        @Monitored("owner.find")
        @Cached(region = "owner", key = "{id}")
        public String find(long id) {
            return "owner " + id;
        }

        @Monitored
        public void fail() throws IOException {
            throw new IOException("disk");
        }

        public String plain() {
            return "plain";
        }
    }

    @Monitored("visits")
    interface Visits {
        int count();
    }

    static class VisitsOnTable implements Visits {
        @Override
        public int count() {
            return 3;
        }
    }

    private static Map<String, Long> timed(PerformanceMonitor monitor) {
        return monitor.calls().stream().collect(Collectors.toMap(TimingStats::name, TimingStats::count));
    }

    @Test
    void beans_ofClassesAndInterfaces_areTimedAsTheirCallersWait() {
        runner.withBean(Owners.class).withBean(VisitsOnTable.class).run(context -> {
            Owners owners = context.getBean(Owners.class);
            assertThat(owners.find(1)).isEqualTo("owner 1");
            assertThat(owners.find(1)).as("from the cache").isEqualTo("owner 1");
            assertThat(owners.plain()).isEqualTo("plain");
            assertThatThrownBy(owners::fail).isExactlyInstanceOf(IOException.class);
            assertThat(context.getBean(Visits.class).count()).isEqualTo(3);
            assertThat(timed(context.getBean(PerformanceMonitor.class)))
                    .containsOnly(
                            Map.entry("owner.find", 2L), Map.entry("Owners.fail", 1L), Map.entry("visits.count", 1L));
        });
    }

    @Test
    void proxiesOfTheJdk_areTimed() {
        runner.withPropertyValues("spring.aop.proxy-target-class=false")
                .withBean(VisitsOnTable.class)
                .run(context -> {
                    assertThat(context.getBean(Visits.class).count()).isEqualTo(3);
                    assertThat(timed(context.getBean(PerformanceMonitor.class))).containsEntry("visits.count", 1L);
                });
    }

    @Test
    void monitoring_switchedOff_leavesBeansAlone() {
        runner.withPropertyValues("perfkit.monitoring.enabled=false", "perfkit.cache.enabled=false")
                .withBean(Owners.class)
                .run(context -> assertThat(context.getBean(Owners.class)).hasSameClassAs(new Owners()));
    }
}

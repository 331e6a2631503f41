package io.perfkit.monitoring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.monitoring.Monitored;
import io.perfkit.monitoring.PerformanceMonitor;
import org.junit.jupiter.api.Test;

/** An application's interfaces are seldom public, and never in perfkit's own package: this test must not be either. */
class PackagePrivateInterfaceTest {
    interface Reports {
        @Monitored("reports.sales")
        String sales();

        String plain();
    }

    static final class JdbcReports implements Reports {
        @Override
        public String sales() {
            return "sales";
        }

        @Override
        public String plain() {
            return "plain";
        }
    }

    @Test
    void proxy_ofAnInterfaceThatIsNotPublic_callsItsMethods() {
        PerformanceMonitor monitor =
                PerformanceMonitor.builder(new SimpleMeterRegistry()).build();
        Reports reports = monitor.proxy(Reports.class, new JdbcReports());

        assertThat(reports.sales()).isEqualTo("sales");
        assertThat(reports.plain()).isEqualTo("plain");
        assertThat(monitor.calls().get(0).count()).isEqualTo(1);
    }
}

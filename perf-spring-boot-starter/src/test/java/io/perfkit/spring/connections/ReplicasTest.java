package io.perfkit.spring.connections;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.perfkit.connections.jdbc.ReplicaRouting;
import io.perfkit.monitoring.jdbc.MonitoredDataSource;
import io.perfkit.spring.monitoring.MonitoringAutoConfiguration;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Two databases in memory, of which one plays the replica: which of them was asked shows in what it answers. */
class ReplicasTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class,
                    JdbcTemplateAutoConfiguration.class,
                    MonitoringAutoConfiguration.class,
                    ConnectionsAutoConfiguration.class))
            .withPropertyValues(
                    "spring.datasource.url=jdbc:h2:mem:primary;DB_CLOSE_DELAY=-1",
                    "perfkit.datasource.replicas[0].url=jdbc:h2:mem:replica;DB_CLOSE_DELAY=-1",
                    "perfkit.datasource.read-your-writes=0s");

    @Test
    void readOnlyTransactions_goToTheReplica_othersToThePrimary() {
        runner.run(context -> {
            DataSource source = context.getBean(DataSource.class);
            assertThat(source).isInstanceOf(MonitoredDataSource.class);
            assertThat(source.isWrapperFor(ReplicaRouting.class)).isTrue();
            assertThat(source.unwrap(HikariDataSource.class).getJdbcUrl()).contains("primary");
            JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
            TransactionTemplate reading = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
            reading.setReadOnly(true);
            TransactionTemplate writing = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
            String name = "select catalog_name from information_schema.information_schema_catalog_name";
            assertThat(writing.<String>execute(status -> jdbc.queryForObject(name, String.class)))
                    .isEqualToIgnoringCase("primary");
            assertThat(reading.<String>execute(status -> jdbc.queryForObject(name, String.class)))
                    .isEqualToIgnoringCase("replica");
        });
    }

    @Test
    void boundedPrimary_andReplicas_goTogether() {
        runner.withPropertyValues("perfkit.datasource.size=2").run(context -> {
            DataSource source = context.getBean(DataSource.class);
            assertThat(source.isWrapperFor(ReplicaRouting.class)).isTrue();
            assertThat(source.isWrapperFor(io.perfkit.connections.jdbc.BoundedDataSource.class))
                    .isTrue();
        });
    }
}

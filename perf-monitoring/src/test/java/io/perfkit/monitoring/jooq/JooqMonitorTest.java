package io.perfkit.monitoring.jooq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.QueryStats;
import io.perfkit.monitoring.RequestScope;
import io.perfkit.monitoring.jdbc.MonitoredDataSource;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jooq.impl.DefaultConfiguration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** jOOQ with the listener, over a plain and over a monitored data source: a query counts once in either. */
class JooqMonitorTest {
    private final PerformanceMonitor monitor =
            PerformanceMonitor.builder(new SimpleMeterRegistry()).build();
    private final JdbcDataSource h2 = new JdbcDataSource();

    @BeforeEach
    void create() {
        h2.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        DSL.using(h2, SQLDialect.H2).execute("create table t as select x as a from system_range(1, 20)");
    }

    private DSLContext dsl(boolean monitored) {
        DataSource dataSource = monitored ? MonitoredDataSource.wrap("main", h2, monitor) : h2;
        return DSL.using(
                new DefaultConfiguration().set(dataSource).set(SQLDialect.H2).set(JooqMonitor.of("main", monitor)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void query_countsOnce(boolean monitored) {
        try (RequestScope scope = monitor.openScope("job")) {
            assertThat(dsl(monitored).fetch("select a from t where a <= ?", 5)).hasSize(5);
            assertThat(scope.queries()).isEqualTo(1);
            assertThat(scope.rowsFetched()).isEqualTo(5);
            assertThat(scope.databaseTime()).isPositive();
        }
        assertThat(monitor.queries()).extracting(QueryStats::count).containsExactly(1L);
        assertThat(monitor.queryRecorder().inFlight()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void fetchLazy_countsOnce_withItsRows(boolean monitored) {
        try (RequestScope scope = monitor.openScope("job")) {
            try (Cursor<Record> cursor = dsl(monitored).fetchLazy("select a from t")) {
                assertThat(cursor.fetchNext(7)).hasSize(7);
                assertThat(cursor.fetchNext(3)).hasSize(3);
            }
            assertThat(scope.queries()).isEqualTo(1);
            assertThat(scope.rowsFetched()).isEqualTo(10);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void failure_andBatch_countOnce(boolean monitored) {
        DSLContext dsl = dsl(monitored);
        try (RequestScope scope = monitor.openScope("job")) {
            assertThatThrownBy(() -> dsl.execute("insert into t values ('no number')"))
                    .isInstanceOf(DataAccessException.class);
            assertThat(scope.failedQueries()).isEqualTo(1);
            assertThat(scope.queries()).isEqualTo(1);
            dsl.batch("insert into t values (?)").bind(21).bind(22).bind(23).execute();
            assertThat(scope.queries()).isEqualTo(2);
        }
        long entries =
                monitor.queries().stream().mapToLong(QueryStats::batchEntries).sum();
        assertThat(entries).isEqualTo(monitored ? 4 : 2); // jOOQ does not tell how many rows are bound
        assertThat(monitor.queryRecorder().inFlight()).isEmpty();
    }
}

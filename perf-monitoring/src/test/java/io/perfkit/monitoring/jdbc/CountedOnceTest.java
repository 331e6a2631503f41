package io.perfkit.monitoring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.QueryStats;
import io.perfkit.monitoring.RequestScope;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

/** One statement counts once, whatever stands between two monitored data sources. */
class CountedOnceTest {
    private final PerformanceMonitor monitor =
            PerformanceMonitor.builder(new SimpleMeterRegistry()).build();

    private static DataSource database() {
        JdbcDataSource dataSource = new JdbcDataSource();
        dataSource.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        return dataSource;
    }

    /** As Spring's lazy proxy: a connection that gets the real one at its first statement. */
    private static DataSource lazy(DataSource target) {
        return proxy(
                DataSource.class,
                (method, arguments) -> method.equals("getConnection") ? lazyConnection(target) : null);
    }

    private static Connection lazyConnection(DataSource target) {
        Connection[] real = new Connection[1];
        return (Connection) Proxy.newProxyInstance(
                CountedOnceTest.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    if (real[0] == null) {
                        if (method.getName().equals("close") || method.getName().equals("unwrap")) {
                            return method.getName().equals("unwrap") ? proxy : null;
                        }
                        real[0] = target.getConnection();
                    }
                    try {
                        return method.invoke(real[0], arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getTargetException();
                    }
                });
    }

    interface Answer {
        Object to(String method, Object[] arguments) throws Throwable;
    }

    static <T> T proxy(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(
                CountedOnceTest.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> answer.to(method.getName(), arguments)));
    }

    private void countsOnce(UnaryOperator<DataSource> between) throws SQLException {
        DataSource inner = MonitoredDataSource.wrap("inner", database(), monitor);
        DataSource outer = MonitoredDataSource.wrap("outer", between.apply(inner), monitor);
        try (RequestScope scope = monitor.openScope("job");
                Connection connection = outer.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement("create table t (a int)")) {
                insert.executeUpdate();
            }
            try (PreparedStatement insert = connection.prepareStatement("insert into t values (?), (?)")) {
                insert.setInt(1, 1);
                insert.setInt(2, 2);
                insert.executeUpdate();
            }
            try (PreparedStatement select = connection.prepareStatement("select a from t");
                    ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    assertThat(rows.getInt(1)).isPositive();
                }
            }
            connection.commit();
            assertThat(scope.queries()).isEqualTo(3);
            assertThat(scope.rowsFetched()).isEqualTo(2);
            assertThat(scope.rowsAffected()).isEqualTo(2);
        }
        assertThat(monitor.queries()).extracting(QueryStats::count).containsOnly(1L);
    }

    @Test
    void wrapOverLazyOverWrapped_countsOnce() throws SQLException {
        countsOnce(CountedOnceTest::lazy);
    }

    @Test
    void wrapOverAnyProxyOverWrapped_countsOnce() throws SQLException {
        countsOnce(inner -> proxy(DataSource.class, (method, arguments) -> inner.getConnection()));
    }

    @Test
    void wrapOverLazyOverLazy_countsOnce() throws SQLException {
        countsOnce(inner -> lazy(MonitoredDataSource.wrap("middle", lazy(inner), monitor)));
    }

    @Test
    void wrapForTwoMonitors_countsInEach() throws SQLException {
        PerformanceMonitor other =
                PerformanceMonitor.builder(new SimpleMeterRegistry()).build();
        DataSource both = MonitoredDataSource.wrap(MonitoredDataSource.wrap(database(), other), monitor);
        try (Connection connection = both.getConnection();
                PreparedStatement select = connection.prepareStatement("select 1")) {
            select.executeQuery().next();
        }
        assertThat(monitor.queries()).extracting(QueryStats::count).containsExactly(1L);
        assertThat(other.queries()).extracting(QueryStats::count).containsExactly(1L);
    }
}

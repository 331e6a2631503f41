package shop;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.jdbc.MonitoredDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

/** A small application's way to its database. Outside of perfkit's packages, so that its lines are those of a user. */
final class Database {
    final PerformanceMonitor monitor;
    private final DataSource dataSource;

    Database() {
        this(PerformanceMonitor.builder(new SimpleMeterRegistry()));
    }

    Database(PerformanceMonitor.Builder builder) {
        monitor = builder.build();
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        dataSource = MonitoredDataSource.wrap(h2, monitor);
        update("create table pet (id int primary key, owner_id int, name varchar(20))");
        update("create sequence pet_seq");
        update("insert into pet select x, mod(x, 100), 'pet' || x from system_range(1, 3000)");
    }

    Connection open() {
        try {
            return dataSource.getConnection();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    int update(String sql, Object... parameters) {
        try (Connection connection = open();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, parameters);
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    List<Object> query(String sql, Object... parameters) {
        try (Connection connection = open();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, parameters);
            return rows(statement);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<Object> rows(PreparedStatement statement) throws SQLException {
        List<Object> found = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                found.add(rows.getObject(1));
            }
        }
        return found;
    }

    void insertBatch(int from, int number) {
        try (Connection connection = open();
                PreparedStatement insert = connection.prepareStatement(
                        "insert into pet values (?, 1, 'x')", Statement.RETURN_GENERATED_KEYS)) {
            for (int i = 0; i < number; i++) {
                insert.setInt(1, from + i);
                insert.addBatch();
            }
            insert.executeBatch();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    static void bind(PreparedStatement statement, Object... parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
    }
}

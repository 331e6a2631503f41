package io.perfkit.monitoring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.testkit.PostgresServer;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.jdbc.PgConnection;

class PostgresJdbcIT extends JdbcContract {

    @Override
    DataSource driver() {
        return PostgresServer.shared().dataSource();
    }

    @Override
    Class<? extends Connection> driverConnection() {
        return PgConnection.class;
    }

    @Test
    void unwrap_toTheDriversInterface_works() throws SQLException {
        assertThat(connection.unwrap(PGConnection.class).getBackendPID()).isPositive();
    }

    @Test
    void multipleResults_areWalked() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            assertThat(statement.execute("select 1; select 2 union all select 3"))
                    .isTrue();
            ResultSet first = statement.getResultSet();
            assertThat(first.next()).isTrue();
            assertThat(statement.getMoreResults(Statement.KEEP_CURRENT_RESULT)).isTrue();
            ResultSet second = statement.getResultSet();
            assertThat(statement.getResultSet()).isSameAs(second);
            while (second.next()) {
                assertThat(second.getInt(1)).isBetween(2, 3);
            }
            assertThat(first.getInt(1)).isEqualTo(1);
            assertThat(statement.getMoreResults()).isFalse();
        }
        assertThat(registry.get("perfkit.jdbc.rows.fetched").counter().count()).isEqualTo(3);
    }

    @Test
    void callable_outParameter_comesBack() throws SQLException {
        try (CallableStatement call = connection.prepareCall("{? = call upper(?)}")) {
            call.registerOutParameter(1, Types.VARCHAR);
            call.setString(2, "abc");
            call.execute();
            assertThat(call.getString(1)).isEqualTo("ABC");
        }
    }

    @Test
    void array_goesInAndOut() throws SQLException {
        try (var select = connection.prepareStatement("select ?::int[]")) {
            select.setArray(1, connection.createArrayOf("int", new Integer[] {1, 2}));
            try (ResultSet rows = select.executeQuery()) {
                assertThat(rows.next()).isTrue();
                assertThat((Integer[]) rows.getArray(1).getArray()).containsExactly(1, 2);
            }
        }
    }

    @Test
    void cursors_leadBackToTheWrapperAndCountTheirRows() throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("create or replace function numbers() returns refcursor as $$ declare r refcursor;"
                    + " begin open r for select generate_series(1, 5); return r; end $$ language plpgsql");
            try (CallableStatement call = connection.prepareCall("{? = call numbers()}")) {
                call.registerOutParameter(1, Types.OTHER);
                call.execute();
                assertThat(rowsOf((ResultSet) call.getObject(1))).isEqualTo(5);
            }
            assertThat(registry.get("perfkit.jdbc.rows.fetched").counter().count())
                    .isEqualTo(5);
            try (ResultSet outer = statement.executeQuery("select numbers()")) {
                assertThat(outer.next()).isTrue();
                assertThat(rowsOf((ResultSet) outer.getObject(1))).isEqualTo(5);
            }
        }
        connection.rollback();
        assertThat(registry.get("perfkit.jdbc.rows.fetched").counter().count()).isEqualTo(11);
    }

    private int rowsOf(ResultSet cursor) throws SQLException {
        Statement behind = cursor.getStatement();
        assertThat(behind == null || behind.getConnection() == connection).isTrue();
        int rows = 0;
        while (cursor.next()) {
            rows++;
        }
        return rows;
    }
}

package io.perfkit.monitoring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

class H2JdbcTest extends JdbcContract {

    @Override
    DataSource driver() {
        JdbcDataSource dataSource = new JdbcDataSource();
        dataSource.setURL("jdbc:h2:mem:" + UUID.randomUUID());
        return dataSource;
    }

    @Override
    Class<? extends Connection> driverConnection() {
        return org.h2.jdbc.JdbcConnection.class;
    }

    @Test
    void callable_outParameter_comesBack() throws SQLException {
        try (CallableStatement call = connection.prepareCall("{? = call abs(?)}")) {
            call.registerOutParameter(1, Types.INTEGER);
            call.setInt(2, -7);
            call.execute();
            assertThat(call.getInt(1)).isEqualTo(7);
            assertThat(call.wasNull()).isFalse();
        }
        assertThat(monitor.queries())
                .filteredOn(query -> query.fingerprint().equals("{? = call abs(?)}"))
                .hasSize(1);
    }

    @Test
    void updatableResultSet_writesThrough() throws SQLException {
        try (Statement statement =
                connection.createStatement(ResultSet.TYPE_SCROLL_SENSITIVE, ResultSet.CONCUR_UPDATABLE)) {
            statement.executeUpdate("insert into item (name) values ('old')");
            try (ResultSet rows = statement.executeQuery("select id, name from item")) {
                assertThat(rows.first()).isTrue();
                rows.updateString("name", "new");
                rows.updateRow();
            }
            try (ResultSet rows = statement.executeQuery("select name from item")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getString(1)).isEqualTo("new");
            }
        }
    }
}

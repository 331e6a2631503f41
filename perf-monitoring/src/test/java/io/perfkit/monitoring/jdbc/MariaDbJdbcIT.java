package io.perfkit.monitoring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.testkit.MariaDbServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class MariaDbJdbcIT extends JdbcContract {

    @Override
    DataSource driver() {
        return MariaDbServer.shared().dataSource();
    }

    @Override
    Class<? extends Connection> driverConnection() {
        return org.mariadb.jdbc.Connection.class;
    }

    @Override
    String identity() {
        return "id integer auto_increment primary key";
    }

    @Test
    void procedure_withResultSets_isWalked() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("drop procedure if exists two_results");
            statement.execute("create procedure two_results() begin select 1; select 2; end");
        }
        try (var call = connection.prepareCall("{call two_results()}")) {
            assertThat(call.execute()).isTrue();
            int results = 0;
            do {
                try (ResultSet rows = call.getResultSet()) {
                    assertThat(rows.getStatement()).isSameAs(call);
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getInt(1)).isEqualTo(++results);
                }
            } while (call.getMoreResults());
            assertThat(results).isEqualTo(2);
        }
    }
}

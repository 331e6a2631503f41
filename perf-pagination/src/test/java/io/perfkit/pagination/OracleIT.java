package io.perfkit.pagination;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The oracle matrix on PostgreSQL. */
class OracleIT {

    @Test
    void everyOrdering_onPostgres_equalsUnpaged() throws SQLException {
        PostgresServer server = PostgresServer.shared();
        run(server.jdbcUrl(server.createDatabase()), SQLDialect.POSTGRES, false);
    }

    @Test
    @Tag("full")
    void everyOrdering_onPostgresWithEverySizeOfPage_equalsUnpaged() throws SQLException {
        PostgresServer server = PostgresServer.shared();
        run(server.jdbcUrl(server.createDatabase()), SQLDialect.POSTGRES, true);
    }

    @Test
    void everyShape_onPostgres_equalsUnpaged() throws SQLException {
        PostgresServer server = PostgresServer.shared();
        shapes(server.jdbcUrl(server.createDatabase()), SQLDialect.POSTGRES);
    }

    @Test
    void everyRelayCombination_onPostgres_isWhatTheSpecificationSays() throws SQLException {
        PostgresServer server = PostgresServer.shared();
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(server.createDatabase()))) {
            RelayMatrix matrix = RelayMatrix.run(DSL.using(connection, SQLDialect.POSTGRES));
            assertThat(matrix.failures()).isEmpty();
            assertThat(matrix.count()).isEqualTo(RelayMatrix.COMBINATIONS);
        }
    }

    private static void run(String url, SQLDialect dialect, boolean everySize) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url)) {
            OracleMatrix matrix = OracleMatrix.run(DSL.using(connection, dialect), everySize);
            assertThat(matrix.failures()).isEmpty();
            assertThat(matrix.count()).isEqualTo(OracleTest.ORDERINGS);
        }
    }

    private static void shapes(String url, SQLDialect dialect) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url)) {
            ShapeMatrix matrix = ShapeMatrix.run(DSL.using(connection, dialect));
            assertThat(matrix.failures()).isEmpty();
            assertThat(matrix.count()).isEqualTo(OracleTest.SHAPES);
        }
    }
}

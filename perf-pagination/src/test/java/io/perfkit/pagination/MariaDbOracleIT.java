package io.perfkit.pagination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.perfkit.testkit.MariaDbServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The oracle matrix on MariaDB. */
class MariaDbOracleIT {

    @Test
    void everyOrdering_onMariaDb_equalsUnpaged() throws SQLException {
        assumeTrue(MariaDbServer.isAvailable(), "there are no binaries of MariaDB for this platform");
        MariaDbServer server = MariaDbServer.shared();
        run(server.jdbcUrl(server.createDatabase()), SQLDialect.MARIADB, false);
    }

    @Test
    @Tag("full")
    void everyOrdering_onMariaDbWithEverySizeOfPage_equalsUnpaged() throws SQLException {
        assumeTrue(MariaDbServer.isAvailable(), "there are no binaries of MariaDB for this platform");
        MariaDbServer server = MariaDbServer.shared();
        run(server.jdbcUrl(server.createDatabase()), SQLDialect.MARIADB, true);
    }

    @Test
    void everyShape_onMariaDb_equalsUnpaged() throws SQLException {
        assumeTrue(MariaDbServer.isAvailable(), "there are no binaries of MariaDB for this platform");
        MariaDbServer server = MariaDbServer.shared();
        shapes(server.jdbcUrl(server.createDatabase()), SQLDialect.MARIADB);
    }

    @Test
    void everyRelayCombination_onMariaDb_isWhatTheSpecificationSays() throws SQLException {
        assumeTrue(MariaDbServer.isAvailable(), "there are no binaries of MariaDB for this platform");
        MariaDbServer server = MariaDbServer.shared();
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(server.createDatabase()))) {
            RelayMatrix matrix = RelayMatrix.run(DSL.using(connection, SQLDialect.MARIADB));
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

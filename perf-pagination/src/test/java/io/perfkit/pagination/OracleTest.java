package io.perfkit.pagination;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;

/** The oracle matrix on the databases that run inside the test. */
class OracleTest {

    /** SQLite has no locks of rows, so one less. */
    static final int SHAPES = 16;

    static final int ORDERINGS = 2 * (1 + 12 + 12 * 12);

    @Test
    void everyOrdering_onH2_equalsUnpaged() throws SQLException {
        run("jdbc:h2:mem:", SQLDialect.H2);
    }

    @Test
    void everyOrdering_onSqlite_equalsUnpaged() throws SQLException {
        run("jdbc:sqlite::memory:", SQLDialect.SQLITE);
    }

    @Test
    void everyShape_onH2_equalsUnpaged() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:h2:mem:")) {
            ShapeMatrix matrix = ShapeMatrix.run(DSL.using(connection, SQLDialect.H2));
            assertThat(matrix.failures()).isEmpty();
            assertThat(matrix.count()).isEqualTo(SHAPES);
        }
    }

    @Test
    void everyShape_onSqlite_equalsUnpaged() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:")) {
            ShapeMatrix matrix = ShapeMatrix.run(DSL.using(connection, SQLDialect.SQLITE));
            assertThat(matrix.failures()).isEmpty();
            assertThat(matrix.count()).isEqualTo(SHAPES - 1);
        }
    }

    private static void run(String url, SQLDialect dialect) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url)) {
            OracleMatrix matrix = OracleMatrix.run(DSL.using(connection, dialect));
            assertThat(matrix.failures()).isEmpty();
            assertThat(matrix.count()).isEqualTo(ORDERINGS);
        }
    }
}

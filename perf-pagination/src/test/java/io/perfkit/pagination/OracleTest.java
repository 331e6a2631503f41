package io.perfkit.pagination;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The oracle matrix on the databases that run inside the test. */
class OracleTest {

    /** SQLite has no locks of rows, so one less. */
    static final int SHAPES = 17;

    static final int ORDERINGS = 2 * (1 + 12 + 12 * 12);

    @Test
    void everyOrdering_onH2_equalsUnpaged() throws SQLException {
        run("jdbc:h2:mem:", SQLDialect.H2, false);
    }

    @Test
    @Tag("full")
    void everyOrdering_onH2WithEverySizeOfPage_equalsUnpaged() throws SQLException {
        run("jdbc:h2:mem:", SQLDialect.H2, true);
    }

    @Test
    void everyOrdering_onSqlite_equalsUnpaged() throws SQLException {
        run("jdbc:sqlite::memory:", SQLDialect.SQLITE, false);
    }

    @Test
    @Tag("full")
    void everyOrdering_onSqliteWithEverySizeOfPage_equalsUnpaged() throws SQLException {
        run("jdbc:sqlite::memory:", SQLDialect.SQLITE, true);
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

    /** A null in the last column of the position ends the row value before it, and the row itself is a range of its own. */
    @Test
    void around_aRowWithNullInTheLastColumn_hasItInTheMiddle() throws SQLException {
        for (SQLDialect dialect : List.of(SQLDialect.H2, SQLDialect.SQLITE)) {
            String url = dialect == SQLDialect.H2 ? "jdbc:h2:mem:" : "jdbc:sqlite::memory:";
            try (Connection connection = DriverManager.getConnection(url)) {
                DSLContext dsl = DSL.using(connection, dialect);
                OracleMatrix.create(dsl);
                CursorPaginator<Record> paginator = CursorPaginator.over(
                                dsl,
                                Keyset.by(OracleMatrix.ID.asc(), OracleMatrix.A.asc())
                                        .uniqueBy(OracleMatrix.ID))
                        .cursors(Cursors.codec())
                        .build();
                var select =
                        dsl.select(List.of(OracleMatrix.ID, OracleMatrix.A)).from(OracleMatrix.ORACLE);
                List<Record> rows = paginator.stream(select, 5).toList();
                for (int i = 1; i < rows.size() - 1; i++) {
                    String cursor = paginator.cursorOf(select, rows.get(i), "");
                    assertThat(paginator
                                    .fetch(select, CursorRequest.around(3, cursor))
                                    .items())
                            .as("%s, %s", dialect, rows.get(i).intoList())
                            .isEqualTo(rows.subList(i - 1, i + 2));
                }
            }
        }
    }

    private static void run(String url, SQLDialect dialect, boolean everySize) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url)) {
            OracleMatrix matrix = OracleMatrix.run(DSL.using(connection, dialect), everySize);
            assertThat(matrix.failures()).isEmpty();
            assertThat(matrix.count()).isEqualTo(ORDERINGS);
        }
    }
}

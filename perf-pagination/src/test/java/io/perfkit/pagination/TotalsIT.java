package io.perfkit.pagination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.perfkit.testkit.MariaDbServer;
import io.perfkit.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Select;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.junit.jupiter.api.Test;

/** Totals on databases that have a planner to ask. */
class TotalsIT {

    private static final Field<Integer> ID = field(name("id"), SQLDataType.INTEGER.notNull());
    private static final Field<Integer> KIND = field(name("kind"), SQLDataType.INTEGER.notNull());

    @Test
    void totals_onPostgres_areLabelledForWhatTheyAre() throws SQLException {
        PostgresServer server = PostgresServer.shared();
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(server.createDatabase()))) {
            DSLContext dsl = DSL.using(connection, SQLDialect.POSTGRES);
            dsl.execute("create table t (id int primary key, kind int not null)");
            dsl.execute("insert into t select g, g % 4 from generate_series(1, 20000) g");
            dsl.execute("analyze t");
            verify(dsl);
        }
    }

    @Test
    void totals_onMariaDb_areLabelledForWhatTheyAre() throws SQLException {
        assumeTrue(MariaDbServer.isAvailable(), "there are no binaries of MariaDB for this platform");
        MariaDbServer server = MariaDbServer.shared();
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(server.createDatabase()))) {
            DSLContext dsl = DSL.using(connection, SQLDialect.MARIADB);
            dsl.execute("create table t (id int primary key, kind int not null, index (kind))");
            dsl.execute("insert into t select seq, seq % 4 from seq_1_to_20000");
            dsl.execute("analyze table t");
            verify(dsl);
        }
    }

    private static void verify(DSLContext dsl) {
        Select<Record> quarter =
                dsl.select(List.of(ID, KIND)).from(table(name("t"))).where(KIND.eq(1));
        assertThat(total(dsl, quarter, Totals.exact())).isEqualTo(Total.exactly(5_000));
        assertThat(total(dsl, quarter, Totals.bounded(5_000))).isEqualTo(Total.exactly(5_000));
        assertThat(total(dsl, quarter, Totals.bounded(4_999))).isEqualTo(Total.moreThan(4_999));
        Total estimate = total(dsl, quarter, Totals.estimated());
        assertThat(estimate.kind()).isEqualTo(Total.Kind.ESTIMATE);
        assertThat(estimate.value()).isBetween(2_500L, 10_000L);
        assertThat(estimate.exact()).isEmpty();
    }

    private static Total total(DSLContext dsl, Select<Record> select, Totals totals) {
        CursorPaginator<Record> paginator = CursorPaginator.over(
                        dsl, Keyset.by(ID.asc()).uniqueBy(ID))
                .cursors(Cursors.codec())
                .totals(totals)
                .build();
        Total ofCursorPage = paginator.fetch(select, CursorRequest.first(3)).total();
        Total ofNumberedPage = OffsetPaginator.of(dsl)
                .fetch(select.$orderBy(List.of(ID.asc())), 2, 3, totals)
                .total();
        assertThat(ofNumberedPage).isEqualTo(ofCursorPage);
        return ofCursorPage;
    }
}

package io.perfkit.pagination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.left;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.perfkit.testkit.MariaDbServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.DataType;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Select;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.junit.jupiter.api.Test;

/** MariaDB sorts long texts and bytes by their beginning only, and compares all of them. */
class LongKeysIT {

    private static final Field<Long> ID = field(name("t", "id"), SQLDataType.BIGINT.notNull());

    @Test
    void fetch_byValuesThatDifferBehindWhatIsSorted_isRefusedOrRight() throws SQLException {
        assumeTrue(MariaDbServer.isAvailable(), "there are no binaries of MariaDB for this platform");
        MariaDbServer server = MariaDbServer.shared();
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(server.createDatabase()))) {
            DSLContext dsl = DSL.using(connection, SQLDialect.MARIADB);
            verify(dsl, "blob", SQLDataType.BLOB.notNull());
            verify(dsl, "text", SQLDataType.CLOB.notNull());
            verify(
                    dsl,
                    "varchar(2000) collate utf8mb4_bin",
                    SQLDataType.VARCHAR(2000).notNull());
            verify(
                    dsl,
                    "varchar(2000) character set latin1",
                    SQLDataType.VARCHAR(2000).notNull());
        }
    }

    /** The same 1,100 bytes, and then in an order that is not the one of the ids. */
    private static void verify(DSLContext dsl, String type, DataType<?> declared) {
        dsl.execute("drop table if exists t");
        dsl.execute("create table t (id bigint primary key, v " + type + " not null)");
        dsl.execute("insert into t select seq, concat(repeat('x', 1100), mod(seq * 7, 10)) from seq_1_to_9");
        Field<?> v = field(name("t", "v"), declared);
        Select<? extends Record> select = dsl.select(ID, v).from(table(name("t")));
        CursorPaginator<Record> paginator = CursorPaginator.over(
                        dsl, Keyset.by(v.asc(), ID.asc()).uniqueBy(ID))
                .cursors(CursorCodec.signed(Cursors.ring("test")).toBuilder()
                        .maximumLength(8_000)
                        .build())
                .build();
        dsl.execute("set max_sort_length = default");
        List<Long> sorted =
                dsl.fetch(select.$orderBy(List.of(v.asc(), ID.asc()))).map(row -> row.get(ID));
        assertThat(sorted).as("the database's own order of %s", type).isSorted();
        for (CursorRequest request : List.of(CursorRequest.first(2), CursorRequest.last(1))) {
            assertThatThrownBy(() -> paginator.fetch(select, request))
                    .as(type)
                    .isExactlyInstanceOf(PaginationException.class)
                    .hasMessageContaining("keyset column `t`.`v`".replace('`', '"'))
                    .hasMessageContaining("the first 1024 bytes")
                    .hasMessageContaining("Raise max_sort_length");
        }
        dsl.execute("set max_sort_length = 10000");
        assertThat(paginator.stream(select, 2).map(row -> row.get(ID)))
                .containsExactlyElementsOf(
                        dsl.fetch(select.$orderBy(List.of(v.asc(), ID.asc()))).map(row -> row.get(ID)))
                .doesNotContainSequence(1L, 2L);
        dsl.execute("set max_sort_length = default");
        // The remedy of the message: it is the order that the database gave.
        Field<String> beginning = left(field(name("t", "v"), SQLDataType.VARCHAR), 200);
        CursorPaginator<Record> byBeginning = CursorPaginator.over(
                        dsl, Keyset.by(beginning.asc(), ID.asc()).uniqueBy(ID))
                .cursors(Cursors.codec())
                .build();
        assertThat(byBeginning.stream(dsl.select(ID).from(table(name("t"))), 2).map(row -> row.get(ID)))
                .isEqualTo(sorted);
    }
}

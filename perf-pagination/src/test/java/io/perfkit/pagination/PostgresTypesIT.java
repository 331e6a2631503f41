package io.perfkit.pagination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.perfkit.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jooq.DSLContext;
import org.jooq.DataType;
import org.jooq.EnumType;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Select;
import org.jooq.SortField;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A key value survives the way from PostgreSQL into a cursor and back, for every type, down to its last digit. */
class PostgresTypesIT {

    private static Connection connection;
    private static DSLContext dsl;

    @BeforeAll
    static void create() throws SQLException {
        PostgresServer server = PostgresServer.shared();
        connection = DriverManager.getConnection(server.jdbcUrl(server.createDatabase()));
        dsl = DSL.using(connection, SQLDialect.POSTGRES);
        dsl.execute("create extension citext");
        dsl.execute("create type mood as enum ('sad', 'ok', 'happy')");
    }

    @AfterAll
    static void close() throws SQLException {
        connection.close();
    }

    /** In the order of the type, not of the alphabet. */
    public enum Mood implements EnumType {
        SAD("sad"),
        OK("ok"),
        HAPPY("happy");

        private final String literal;

        Mood(String literal) {
            this.literal = literal;
        }

        @Override
        public String getLiteral() {
            return literal;
        }

        @Override
        public String getName() {
            return "mood";
        }
    }

    static Stream<Arguments> types() {
        return Stream.of(
                type("boolean", SQLDataType.BOOLEAN, "true", "false"),
                type("smallint", SQLDataType.SMALLINT, "-32768", "0", "7"),
                type("bigint", SQLDataType.BIGINT, "9007199254740993", "9007199254740992"),
                type("numeric", SQLDataType.NUMERIC, "1.10", "1.1", "1.1000000000000000000001", "-1e20"),
                type("numeric(38)", SQLDataType.DECIMAL_INTEGER, "12345678901234567890123456789012345678", "0"),
                type("real", SQLDataType.REAL, "0.1", "0.2", "'NaN'", "'-Infinity'", "1e30"),
                type("double precision", SQLDataType.DOUBLE, "0.1", "0.30000000000000004", "0.3", "'NaN'", "5e-324"),
                type("varchar(20)", SQLDataType.VARCHAR(20), "''", "'a'", "'a '", "'Ä'", "'ß€😀'", "'O''Brien'"),
                type("text", SQLDataType.CLOB, "'x'", "'y'", "'x\\'"),
                type("citext", SQLDataType.VARCHAR, "'bob'", "'Alice'", "'Bob'", "'alice'", "'Zoe'", "'carol'"),
                type("mood", SQLDataType.VARCHAR, "'sad'", "'ok'", "'happy'"),
                type("char(4)", SQLDataType.CHAR(4), "'a'", "'ab'", "'abcd'", "''"),
                type("bytea", SQLDataType.BLOB, "'\\x00'", "'\\x00ff'", "'\\x'"),
                type("uuid", SQLDataType.UUID, "gen_random_uuid()", "gen_random_uuid()"),
                type("date", SQLDataType.LOCALDATE, "'2026-03-29'", "'0001-01-01'", "'9999-12-31'"),
                type("time(0)", SQLDataType.LOCALTIME(0), "'02:30:01'", "'23:59:59'", "'00:00:00'"),
                type(
                        "timestamp(6)",
                        SQLDataType.LOCALDATETIME(6),
                        "'2026-01-15 12:00:00.000001'",
                        "'2026-01-15 12:00:00.000002'",
                        "'1900-06-01 12:00:00'"),
                type(
                        "timestamptz(6)",
                        SQLDataType.OFFSETDATETIME(6),
                        "'2026-10-25 02:30:00.000001+02'",
                        "'2026-10-25 02:30:00.000001+01'",
                        "'2026-10-25 02:30:00.000002+01'"),
                type("timestamptz(6)", SQLDataType.INSTANT, "'2026-10-25 02:30:00.000001Z'", "'2026-10-25 02:30:00Z'"),
                type("timestamp(6)", SQLDataType.TIMESTAMP(6), "'2026-01-15 12:00:00.123456'", "'2026-01-15 12:00:00'"),
                type("mood", SQLDataType.VARCHAR.asEnumDataType(Mood.class), "'sad'", "'ok'", "'happy'"));
    }

    private static Arguments type(String sql, DataType<?> type, String... literals) {
        return Arguments.of(sql, type, List.of(literals));
    }

    @ParameterizedTest(name = "{0} as {1}")
    @MethodSource("types")
    void pages_byAColumnOfTheType_equalUnpaged(String sql, DataType<?> type, List<String> literals) {
        dsl.execute("drop table if exists typed");
        dsl.execute("create table typed (id bigint primary key, v " + sql + ")");
        long id = 0;
        for (int copy = 0; copy < 2; copy++) {
            for (String literal : literals) {
                dsl.execute("insert into typed values (" + (id += 3) % 17 + ", " + literal + ")");
            }
        }
        dsl.execute("insert into typed values (100, null), (-100, null)");
        for (DataType<?> declared : List.of(type, type.notNull())) {
            Field<?> v = field(name("typed", "v"), declared);
            Field<Long> key = field(name("typed", "id"), SQLDataType.BIGINT.notNull());
            for (SortField<?>[] order :
                    List.of(new SortField<?>[] {v.asc(), key.asc()}, new SortField<?>[] {v.desc(), key.asc()})) {
                Select<? extends Record> select = dsl.select(key, v).from(table(name("typed")));
                if (!declared.nullable()) {
                    select = dsl.select(key, v).from(table(name("typed"))).where(v.isNotNull());
                }
                List<Long> expected = select.$orderBy(List.of(order)).fetch(row -> row.get(key));
                assertThat(pages(select, Keyset.by(order).uniqueBy(key), key)).isEqualTo(expected);
            }
        }
    }

    private static List<Long> pages(Select<? extends Record> select, Keyset keyset, Field<Long> key) {
        CursorPaginator<Record> paginator =
                CursorPaginator.over(dsl, keyset).cursors(Cursors.codec()).build();
        List<Long> ids = new ArrayList<>();
        CursorRequest request = CursorRequest.first(1);
        for (int pages = 0; pages < 20; pages++) {
            CursorPage<Record> page = paginator.fetch(select, request);
            page.items().forEach(row -> ids.add(row.get(key)));
            if (page.next().isEmpty()) {
                break;
            }
            request = request.after(page.next().get());
        }
        return ids;
    }
}

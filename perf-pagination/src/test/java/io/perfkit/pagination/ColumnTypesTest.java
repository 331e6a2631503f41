package io.perfkit.pagination;

import static io.perfkit.pagination.TypeMatrix.pages;
import static io.perfkit.pagination.TypeMatrix.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.perfkit.pagination.TypeMatrix.Type;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Select;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.junit.jupiter.api.Test;

/** Every type of the databases that run inside the test. */
class ColumnTypesTest {

    static final List<Type> H2 = List.of(
            pages("tinyint", SQLDataType.TINYINT, "-128", "0", "127"),
            pages("smallint", SQLDataType.SMALLINT, "-32768", "0", "7"),
            pages("integer", SQLDataType.INTEGER, "-2147483648", "0", "7"),
            pages("bigint", SQLDataType.BIGINT, "9007199254740993", "9007199254740992"),
            pages("numeric(30, 4)", SQLDataType.NUMERIC(30, 4), "1.1", "1.1001", "-1e20"),
            pages("decfloat(30)", SQLDataType.NUMERIC, "1.10", "1.1", "1.1000000000000000000001", "-1e20"),
            refused("decfloat", SQLDataType.NUMERIC, "Error while reading field", "1", "'NaN'"),
            pages("real", SQLDataType.REAL, "0.1", "0.2", "16777217", "1e30"),
            pages("real", SQLDataType.DOUBLE, "0.1", "0.2", "16777217", "1e30"),
            pages("real", SQLDataType.REAL, "0.1", "'NaN'", "'-Infinity'", "'Infinity'", "-0.0", "0.0"),
            refused("real", SQLDataType.NUMERIC, "declare it as SQLDataType.REAL", "0.1", "0.2", "16777217"),
            pages("double precision", SQLDataType.NUMERIC, "0.1", "0.30000000000000004", "0.3"),
            pages("double precision", SQLDataType.DOUBLE, "0.1", "0.30000000000000004", "0.3", "'NaN'", "5e-324"),
            refused(
                    "double precision",
                    SQLDataType.REAL,
                    "declare it as SQLDataType.DOUBLE",
                    "0.1",
                    "0.30000000000000004",
                    "0.3"),
            pages("boolean", SQLDataType.BOOLEAN, "true", "false"),
            pages("char(4)", SQLDataType.CHAR(4), "'a'", "'ab'", "'abcd'", "''"),
            pages("varchar(20)", SQLDataType.VARCHAR(20), "''", "'a'", "'a '", "'Ä'", "'ß€😀'", "'O''Brien'"),
            pages("varchar_ignorecase(20)", SQLDataType.VARCHAR(20), "'bob'", "'Alice'", "'Bob'", "'alice'", "'Zoe'"),
            pages("clob", SQLDataType.CLOB, "'x'", "'y'", "'x\\'"),
            pages("binary(3)", SQLDataType.BINARY(3), "x'00'", "x'00ff'", "x'ff'"),
            pages("varbinary(9)", SQLDataType.VARBINARY(9), "x''", "x'00'", "x'00ff'", "x'ff'"),
            pages("blob", SQLDataType.BLOB, "x''", "x'00'", "x'00ff'"),
            pages("date", SQLDataType.LOCALDATE, "'2026-03-29'", "'0001-01-01'", "'9999-12-31'"),
            pages("time(0)", SQLDataType.LOCALTIME(0), "'02:30:01'", "'23:59:59'", "'00:00:00'"),
            pages("time(6)", SQLDataType.LOCALTIME(0), "'02:30:01.5'", "'02:30:01.500001'", "'02:30:01'"),
            pages("time(9)", SQLDataType.LOCALTIME(9), "'02:30:01.5'", "'02:30:01.500000001'", "'02:30:01'"),
            pages("time(6)", SQLDataType.TIME, "'02:30:01.5'", "'02:30:01.500001'", "'23:59:59.999999'"),
            refused("time with time zone", SQLDataType.OFFSETTIME, "time of day", "'02:30:01+01'"),
            // Declared with fewer digits than are stored: nothing of a bound value may be rounded or cut off.
            pages(
                    "timestamp(6)",
                    SQLDataType.LOCALDATETIME(3),
                    "'2026-01-15 12:00:00.123456'",
                    "'2026-01-15 12:00:00.123999'",
                    "'2026-01-15 12:00:00.1234'"),
            pages(
                    "timestamp(6)",
                    SQLDataType.LOCALDATETIME(0),
                    "'2026-01-15 12:00:00.9'",
                    "'2026-01-15 12:00:00.4'",
                    "'2026-01-15 12:00:01'"),
            pages(
                    "timestamp(6) with time zone",
                    SQLDataType.OFFSETDATETIME(0),
                    "'2026-01-15 12:00:00.9Z'",
                    "'2026-01-15 12:00:00.4Z'"),
            pages("numeric(10,4)", SQLDataType.NUMERIC(10, 2), "1.2345", "1.2349", "1.23"),
            pages("varchar(20)", SQLDataType.VARCHAR(2), "'abc'", "'abd'", "'ab'"),
            pages(
                    "timestamp(9)",
                    SQLDataType.LOCALDATETIME(9),
                    "'2026-01-15 12:00:00.000000001'",
                    "'2026-01-15 12:00:00.000000002'"),
            pages(
                    "timestamp(9) with time zone",
                    SQLDataType.OFFSETDATETIME(9),
                    "'2026-10-25 02:30:00.000001+02'",
                    "'2026-10-25 02:30:00.000001+01'",
                    "'2026-10-25 01:30:00.000001+01'"),
            refused("interval day to second", SQLDataType.INTERVALDAYTOSECOND, "cannot carry", "interval '1' day"),
            refused("interval year to month", SQLDataType.INTERVALYEARTOMONTH, "cannot carry", "interval '1' year"),
            refused(
                    "enum('sad', 'ok', 'happy')",
                    SQLDataType.VARCHAR,
                    "sort by its number",
                    "'sad'",
                    "'ok'",
                    "'happy'"),
            pages("geometry", SQLDataType.VARCHAR, "'POINT (1 2)'", "'POINT (2 1)'"),
            pages("uuid", SQLDataType.UUID, "random_uuid()", "random_uuid()", "'ffffffff-0000-0000-0000-000000000000'"),
            refused("json", SQLDataType.JSON, "cannot carry", "'1'"),
            refused("integer array", SQLDataType.INTEGER.array(), "cannot carry", "array[1]"),
            refused("row(a integer)", SQLDataType.RECORD, "cannot carry", "row(1)"));

    static final List<Type> SQLITE = List.of(
            pages("integer", SQLDataType.INTEGER, "-2147483648", "0", "7"),
            pages("integer", SQLDataType.BIGINT, "9007199254740993", "9007199254740992", "9223372036854775807"),
            pages("integer", SQLDataType.BIGINT, "1", "'x'", "1.5", "2", "x'00'", "2.5"),
            pages("real", SQLDataType.REAL, "0.1", "0.2", "16777217", "1e30", "0.10000000000000002"),
            pages("real", SQLDataType.DOUBLE, "0.1", "0.30000000000000004", "0.3", "9e999", "-9e999"),
            pages("numeric", SQLDataType.NUMERIC, "1.10", "1.1", "9007199254740993", "0.1", "'x'"),
            pages("decimal(30, 20)", SQLDataType.NUMERIC, "0.1", "0.30000000000000004", "0.3", "1e20"),
            pages("boolean", SQLDataType.BOOLEAN, "true", "false", "2", "'t'"),
            pages("text", SQLDataType.VARCHAR, "''", "'a'", "'a '", "'Ä'", "'ß€😀'", "'O''Brien'", "1", "x'00'"),
            pages("text collate nocase", SQLDataType.VARCHAR, "'bob'", "'Alice'", "'Bob'", "'alice'", "'Zoe'"),
            pages("text collate rtrim", SQLDataType.VARCHAR, "'a '", "'a'", "'b'", "'a  '"),
            pages("blob", SQLDataType.BLOB, "x''", "x'00'", "x'00ff'", "x'ff'"),
            pages("", SQLDataType.VARCHAR, "1", "'1'", "1.5", "'a'", "x'61'", "'10'", "10", "9"),
            pages(
                    "datetime",
                    SQLDataType.LOCALDATETIME,
                    "'2026-01-15 12:00:00'",
                    "'2026-01-15 12:00:00.0'",
                    "'2026-01-15T12:00:00'"),
            pages("datetime", SQLDataType.LOCALDATETIME, "current_timestamp", "'2026-01-15 12:00:00'"),
            pages(
                    "datetime",
                    SQLDataType.TIMESTAMP,
                    "'2026-01-15 12:00:00'",
                    "'2026-01-15 12:00:00.001'",
                    "1768478400000"),
            pages("datetime", SQLDataType.OFFSETDATETIME, "'2026-01-15 12:00:00'", "'2026-01-15 12:00:00+01:00'"),
            pages("datetime", SQLDataType.INSTANT, "'2026-01-15 12:00:00'", "'2026-01-15 12:00:01'"),
            pages("date", SQLDataType.LOCALDATE, "'2026-01-15'", "current_date", "'2026-01-16'"),
            pages("time", SQLDataType.LOCALTIME(0), "'12:00:00'", "current_time", "'12:00:01'"),
            pages(
                    "text",
                    SQLDataType.UUID,
                    "'0fffffff-0000-0000-0000-000000000000'",
                    "'FFFFFFFF-0000-0000-0000-000000000000'",
                    "'ffffffff-0000-0000-0000-000000000000'"),
            refused("json", SQLDataType.JSON, "cannot carry", "'1'"));

    @Test
    void everyType_ofH2_pagesOrIsRefused() throws SQLException {
        run("jdbc:h2:mem:;DATABASE_TO_LOWER=TRUE", SQLDialect.H2, H2);
    }

    @Test
    void everyType_ofSqlite_pagesOrIsRefused() throws SQLException {
        run("jdbc:sqlite::memory:", SQLDialect.SQLITE, SQLITE);
    }

    private static void run(String url, SQLDialect dialect, List<Type> types) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url)) {
            TypeMatrix.run(DSL.using(connection, dialect), types).verify();
        }
    }

    /** What jOOQ made of a text, a number or a truth is not what SQLite compares. */
    @Test
    void cursorOf_aRowWhoseValueDoesNotTellWhatIsCompared_isRefused() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:")) {
            DSLContext dsl = DSL.using(connection, SQLDialect.SQLITE);
            dsl.execute("create table typed (id integer primary key, v)");
            dsl.execute("insert into typed values (1, '2026-01-15 12:00:00'), (2, '2026-01-15 12:00:00.0')");
            Field<LocalDateTime> v = field(name("typed", "v"), SQLDataType.LOCALDATETIME.notNull());
            CursorPaginator<Record> paginator = CursorPaginator.over(
                            dsl, Keyset.by(v.asc()).uniqueBy(v))
                    .cursors(Cursors.codec())
                    .build();
            Select<? extends Record> select = dsl.select(v).from(table(name("typed")));
            CursorPage<Record> page = paginator.fetch(select, CursorRequest.first(2));
            assertThatThrownBy(() -> paginator.cursorOf(select, page.items().get(0), ""))
                    .isExactlyInstanceOf(PaginationException.class)
                    .hasMessageContaining("\"typed\".\"v\" is read as java.time.LocalDateTime")
                    .hasMessageContaining("take CursorPage.cursor(index) of the page that has the row");
            assertThat(paginator
                            .fetch(select, CursorRequest.first(1).after(page.cursor(0)))
                            .items())
                    .containsExactly(page.items().get(1));
        }
    }
}

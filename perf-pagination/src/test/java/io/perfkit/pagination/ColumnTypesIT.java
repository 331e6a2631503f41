package io.perfkit.pagination;

import static io.perfkit.pagination.TypeMatrix.pages;
import static io.perfkit.pagination.TypeMatrix.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.perfkit.pagination.TypeMatrix.Type;
import io.perfkit.testkit.MariaDbServer;
import io.perfkit.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.junit.jupiter.api.Test;

/** Every type of PostgreSQL and of MariaDB. */
class ColumnTypesIT {

    private static final Map<String, String> KINDS =
            Map.of("e", "anyenum", "r", "anyrange", "m", "anymultirange", "c", "record");

    static final List<Type> POSTGRES = List.of(
            pages("smallint", SQLDataType.SMALLINT, "-32768", "0", "7"),
            pages("integer", SQLDataType.INTEGER, "-2147483648", "0", "7"),
            pages("bigint", SQLDataType.BIGINT, "9007199254740993", "9007199254740992"),
            pages("bigint", SQLDataType.DOUBLE, "1", "2"),
            pages("numeric", SQLDataType.NUMERIC, "1.10", "1.1", "1.1000000000000000000001", "-1e20"),
            refused("numeric", SQLDataType.NUMERIC, "Error while reading field", "1.10", "'NaN'"),
            pages("numeric", SQLDataType.VARCHAR, "1.10", "1.1", "9", "10", "'NaN'", "'Infinity'", "-1e20"),
            pages("real", SQLDataType.REAL, "0.1", "0.2", "'NaN'", "'-Infinity'", "'Infinity'", "-0.0", "0.0", "1e30"),
            pages("real", SQLDataType.DOUBLE, "0.1", "0.2", "'NaN'", "'-Infinity'", "16777217", "1e30"),
            refused("real", SQLDataType.NUMERIC, "declare it as SQLDataType.REAL", "0.1", "0.2", "16777217", "1e30"),
            pages(
                    "double precision",
                    SQLDataType.DOUBLE,
                    "0.1",
                    "0.30000000000000004",
                    "0.3",
                    "'NaN'",
                    "5e-324",
                    "'-0'",
                    "0"),
            pages("double precision", SQLDataType.REAL, "0.1", "0.30000000000000004", "0.3", "'NaN'"),
            pages("double precision", SQLDataType.NUMERIC, "0.1", "0.30000000000000004", "0.3"),
            pages("money", SQLDataType.VARCHAR, "'1.10'", "'9'", "'1000'", "'-5'"),
            pages("varchar(20)", SQLDataType.VARCHAR(20), "''", "'a'", "'a '", "'Ä'", "'ß€😀'", "'O''Brien'"),
            pages("text", SQLDataType.CLOB, "'x'", "'y'", "'x\\'"),
            pages("text collate \"C\"", SQLDataType.VARCHAR, "'b'", "'A'", "'B'", "'a'", "'Ä'"),
            pages("text collate \"und-x-icu\"", SQLDataType.VARCHAR, "'b'", "'A'", "'B'", "'a'", "'Ä'"),
            pages("text collate ignoring_case", SQLDataType.VARCHAR, "'bob'", "'Alice'", "'Bob'", "'alice'", "'Zoe'"),
            pages("char(4)", SQLDataType.CHAR(4), "'a'", "'ab'", "'abcd'", "''"),
            pages("\"char\"", SQLDataType.VARCHAR, "'a'", "'b'", "'~'"),
            pages("citext", SQLDataType.VARCHAR, "'bob'", "'Alice'", "'Bob'", "'alice'", "'Zoe'"),
            pages("name", SQLDataType.VARCHAR, "'b'", "'A'", "'a'"),
            pages("bytea", SQLDataType.BLOB, "'\\x00'", "'\\x00ff'", "'\\x'", "'\\xff'"),
            pages("date", SQLDataType.LOCALDATE, "'2026-03-29'", "'0001-01-01'", "'9999-12-31'"),
            pages("time(0)", SQLDataType.LOCALTIME(0), "'02:30:01'", "'23:59:59'", "'00:00:00'"),
            pages("time(6)", SQLDataType.LOCALTIME(0), "'02:30:01.5'", "'02:30:01.500001'", "'02:30:01'", "'24:00'"),
            pages("time(6)", SQLDataType.LOCALTIME(6), "'02:30:01.5'", "'02:30:01.500001'", "'02:30:01'"),
            pages("time(6)", SQLDataType.TIME, "'02:30:01.5'", "'02:30:01.500001'", "'02:30:01'"),
            pages("time(6)", SQLDataType.VARCHAR, "'02:30:01.5'", "'02:30:01.500001'", "'24:00'"),
            refused("timetz", SQLDataType.OFFSETTIME, "time of day", "'02:30:01+01'"),
            refused(
                    "timetz",
                    SQLDataType.VARCHAR,
                    "sort by its time in one zone",
                    "'02:30:01.5+02'",
                    "'02:30:01.5+01'",
                    "'01:30:01.5+01'",
                    "'01:30:01.5+00'"),
            // Declared with fewer digits than are stored: nothing of a bound value may be rounded or cut off.
            pages(
                    "timestamp(6)",
                    SQLDataType.LOCALDATETIME(3),
                    "'2026-01-15 12:00:00.123456'",
                    "'2026-01-15 12:00:00.123999'",
                    "'2026-01-15 12:00:00.1234'"),
            pages(
                    "timestamptz(6)",
                    SQLDataType.OFFSETDATETIME(0),
                    "'2026-01-15 12:00:00.9Z'",
                    "'2026-01-15 12:00:00.4Z'"),
            pages("numeric(10,4)", SQLDataType.NUMERIC(10, 2), "1.2345", "1.2349", "1.23"),
            pages("varchar(20)", SQLDataType.VARCHAR(2), "'abc'", "'abd'", "'ab'"),
            pages(
                    "timestamp(6)",
                    SQLDataType.LOCALDATETIME(6),
                    "'2026-01-15 12:00:00.000001'",
                    "'2026-01-15 12:00:00.000002'",
                    "'1900-06-01 12:00:00'"),
            pages(
                    "timestamptz(6)",
                    SQLDataType.OFFSETDATETIME(6),
                    "'2026-10-25 02:30:00.000001+02'",
                    "'2026-10-25 02:30:00.000001+01'",
                    "'2026-10-25 01:30:00.000001+01'"),
            pages("timestamptz(6)", SQLDataType.INSTANT, "'2026-10-25 02:30:00.000001Z'", "'2026-10-25 02:30:00Z'"),
            refused("interval", SQLDataType.INTERVAL, "cannot carry", "'1 day'"),
            pages(
                    "interval",
                    SQLDataType.VARCHAR,
                    "'1 day'",
                    "'24 hours'",
                    "'1 month'",
                    "'-3 days'",
                    "'30 days'",
                    "'100 hours'"),
            pages("boolean", SQLDataType.BOOLEAN, "true", "false"),
            pages("bit(3)", SQLDataType.VARCHAR, "B'010'", "B'001'", "B'111'"),
            pages("bit varying(9)", SQLDataType.VARCHAR, "B'010'", "B'01'", "B'111'", "B''"),
            pages("bit(1)", SQLDataType.BIT, "B'0'", "B'1'"),
            pages(
                    "uuid",
                    SQLDataType.UUID,
                    "gen_random_uuid()",
                    "gen_random_uuid()",
                    "'ffffffff-0000-0000-0000-000000000000'"),
            pages("uuid", SQLDataType.VARCHAR, "gen_random_uuid()", "gen_random_uuid()"),
            pages("inet", SQLDataType.VARCHAR, "'10.0.0.1'", "'9.0.0.1'", "'10.0.0.1/8'", "'::1'"),
            pages("cidr", SQLDataType.VARCHAR, "'10.0.0.0/8'", "'9.0.0.0/24'", "'::/8'"),
            pages("macaddr", SQLDataType.VARCHAR, "'08:00:2b:01:02:03'", "'ff:00:2b:01:02:03'"),
            pages("macaddr8", SQLDataType.VARCHAR, "'08:00:2b:01:02:03:04:05'", "'ff:00:2b:01:02:03:04:05'"),
            refused("json", SQLDataType.JSON, "cannot carry", "'1'"),
            refused("json", SQLDataType.VARCHAR, "could not identify", "'1'"),
            refused("jsonb", SQLDataType.JSONB, "cannot carry", "'1'"),
            pages(
                    "jsonb",
                    SQLDataType.VARCHAR,
                    "'1'",
                    "'\"a\"'",
                    "'[10]'",
                    "'[9]'",
                    "'{\"b\": 1, \"a\": 2}'",
                    "'10'",
                    "'9'",
                    "'1.0'"),
            pages("mood", SQLDataType.VARCHAR, "'sad'", "'ok'", "'happy'"),
            pages("positive", SQLDataType.INTEGER, "9", "10"),
            pages("address", SQLDataType.VARCHAR, "'bob'", "'Alice'", "'Bob'"),
            refused("integer[]", SQLDataType.INTEGER.array(), "cannot carry", "'{1}'"),
            pages("integer[]", SQLDataType.VARCHAR, "'{9}'", "'{10}'", "'{9,1}'", "'{}'", "'{null}'"),
            pages("int4range", SQLDataType.VARCHAR, "'[9,10]'", "'[10,11)'", "'empty'", "'(,5)'"),
            refused(
                    "pair",
                    SQLDataType.VARCHAR,
                    "anonymous composite types",
                    "row(9, 'a b')",
                    "row(10, null)",
                    "row(9, '')"),
            refused("point", SQLDataType.VARCHAR, "could not identify", "'(1,2)'"),
            refused("xml", SQLDataType.VARCHAR, "could not identify", "'<a/>'"),
            pages("tsvector", SQLDataType.VARCHAR, "'a b'", "'b'", "'c:1A d'"),
            pages("int4multirange", SQLDataType.VARCHAR, "'{[9,10]}'", "'{[10,11)}'", "'{}'", "'{(,5),[7,8)}'"),
            pages("daterange", SQLDataType.VARCHAR, "'[2026-01-01,2026-01-02]'", "'[2026-01-01,)'", "'empty'"),
            pages("uuid[]", SQLDataType.VARCHAR, "array[gen_random_uuid()]", "'{}'", "array[gen_random_uuid(), null]"),
            pages("tsquery", SQLDataType.VARCHAR, "'a & b'", "'b'", "'!c | d'"),
            pages("tid", SQLDataType.VARCHAR, "'(9,1)'", "'(10,1)'", "'(9,2)'"),
            pages("xid8", SQLDataType.VARCHAR, "'9'", "'10'", "'18446744073709551615'"),
            pages("oidvector", SQLDataType.VARCHAR, "'9 1'", "'10'", "'9'"),
            refused("regclass", SQLDataType.VARCHAR, "invalid input syntax for type oid", "'pg_class'", "'pg_type'"),
            pages("date", SQLDataType.DATE, "'infinity'", "'2026-03-29'", "'-infinity'"),
            pages("date", SQLDataType.VARCHAR, "'infinity'", "'2026-03-29'", "'-infinity'", "'0044-03-15 BC'"),
            pages("timestamptz", SQLDataType.VARCHAR, "'infinity'", "'2026-03-29 12:00Z'", "'2026-03-29 12:00+01'"),
            refused("box", SQLDataType.VARCHAR, "could not identify", "'(1,2),(3,4)'"),
            pages("oid", SQLDataType.BIGINT, "4294967295", "1", "10"),
            pages("oid", SQLDataType.VARCHAR, "4294967295", "9", "10"),
            pages("pg_lsn", SQLDataType.VARCHAR, "'9/0'", "'10/0'", "'A/FF'"));

    static final List<Type> MARIADB = List.of(
            pages("tinyint", SQLDataType.TINYINT, "-128", "0", "127"),
            pages("tinyint unsigned", SQLDataType.TINYINTUNSIGNED, "255", "0", "127"),
            pages("smallint", SQLDataType.SMALLINT, "-32768", "0", "7"),
            pages("mediumint", SQLDataType.INTEGER, "-32768", "0", "7"),
            pages("int", SQLDataType.INTEGER, "-2147483648", "0", "7"),
            pages("int unsigned", SQLDataType.INTEGERUNSIGNED, "4294967295", "0", "7"),
            pages("bigint", SQLDataType.BIGINT, "9007199254740993", "9007199254740992"),
            pages(
                    "bigint unsigned",
                    SQLDataType.BIGINTUNSIGNED,
                    "18446744073709551615",
                    "9007199254740993",
                    "18446744073709551614"),
            pages("decimal(38, 10)", SQLDataType.NUMERIC(38, 10), "1.1", "1.1000000001", "-1e20"),
            pages("float", SQLDataType.REAL, "0.1", "0.2", "16777217", "16777218", "1e30"),
            pages("float", SQLDataType.DOUBLE, "0.1", "0.2", "16777217", "16777218", "1e30"),
            pages("float(10, 2)", SQLDataType.DOUBLE, "0.1", "0.2", "1.15", "-3.3"),
            refused(
                    "float",
                    SQLDataType.NUMERIC,
                    "declare it as SQLDataType.DOUBLE",
                    "0.1",
                    "0.2",
                    "16777217",
                    "16777218"),
            pages("double", SQLDataType.DOUBLE, "0.1", "0.30000000000000004", "0.3", "1e-300", "-0e0", "0"),
            pages("double", SQLDataType.REAL, "0.1", "0.30000000000000004", "0.3"),
            pages("bit(1)", SQLDataType.BIT, "b'0'", "b'1'"),
            refused("bit(8)", SQLDataType.VARBINARY(1), "sort by its number", "b'10'", "b'1'", "b'11111111'"),
            refused(
                    "bit(12)",
                    SQLDataType.VARBINARY(2),
                    "sort by its number",
                    "b'10'",
                    "b'111111111111'",
                    "b'100000000'"),
            pages("boolean", SQLDataType.BOOLEAN, "true", "false", "2", "-1"),
            pages("char(4)", SQLDataType.CHAR(4), "'a'", "'ab'", "'abcd'", "''"),
            pages(
                    "varchar(20)",
                    SQLDataType.VARCHAR(20),
                    "''",
                    "'a'",
                    "'a '",
                    "'Ä'",
                    "'ß€😀'",
                    "'O''Brien'",
                    "'x\\\\'"),
            pages(
                    "varchar(20) collate utf8mb4_general_ci",
                    SQLDataType.VARCHAR,
                    "'bob'",
                    "'Alice'",
                    "'Bob'",
                    "'alice '",
                    "'Zoe'"),
            pages(
                    "varchar(20) collate utf8mb4_bin",
                    SQLDataType.VARCHAR,
                    "'bob'",
                    "'Alice'",
                    "'Bob'",
                    "'Bob '",
                    "'Zoe'"),
            pages("varchar(20) collate utf8mb4_nopad_bin", SQLDataType.VARCHAR, "'bob'", "'bob '", "'Bob'", "'Bob '"),
            pages("varchar(20) character set latin1", SQLDataType.VARCHAR, "'ä'", "'a'", "'Z'", "'é'"),
            pages("text", SQLDataType.CLOB, "'x'", "'y'", "'X '"),
            pages("binary(3)", SQLDataType.BINARY(3), "x'00'", "x'00ff'", "x'ff'"),
            pages("varbinary(9)", SQLDataType.VARBINARY(9), "x''", "x'00'", "x'00ff'", "x'ff'"),
            pages("blob", SQLDataType.BLOB, "x''", "x'00'", "x'00ff'"),
            pages("tinytext", SQLDataType.CLOB, "'x'", "'y'", "'X '"),
            pages("longtext", SQLDataType.CLOB, "'x'", "'y'", "'X '"),
            pages("mediumblob", SQLDataType.BLOB, "x''", "x'00'", "x'00ff'"),
            pages("date", SQLDataType.LOCALDATE, "'2026-03-29'", "'0001-01-01'", "'9999-12-31'"),
            refused("date", SQLDataType.LOCALDATE, "one with zeros", "'2026-03-29'", "'0000-00-00'"),
            pages("time", SQLDataType.LOCALTIME(0), "'02:30:01'", "'23:59:59'", "'00:00:00'"),
            pages("time", SQLDataType.LOCALTIME(0), "'02:30:01'", "'30:00:00'", "'-10:00:00'"),
            pages("time", SQLDataType.VARCHAR, "'02:30:01'", "'30:00:00'", "'130:00:00'", "'-10:00:00'"),
            pages("time(6)", SQLDataType.LOCALTIME(6), "'02:30:01.5'", "'02:30:01.500001'", "'130:00:00.1'"),
            pages("time(6)", SQLDataType.LOCALTIME(0), "'02:30:01.5'", "'02:30:01.500001'", "'02:30:01'"),
            pages(
                    "datetime(6)",
                    SQLDataType.LOCALDATETIME(6),
                    "'2026-01-15 12:00:00.000001'",
                    "'2026-01-15 12:00:00.000002'",
                    "'1900-06-01 12:00:00'"),
            refused(
                    "datetime",
                    SQLDataType.LOCALDATETIME,
                    "one with zeros",
                    "'2026-01-15 12:00:00'",
                    "'0000-00-00 00:00:00'"),
            pages(
                    "timestamp(3) null",
                    SQLDataType.LOCALDATETIME(3),
                    "'2026-01-15 12:00:00.001'",
                    "'2026-01-15 12:00:00.002'"),
            pages("year", SQLDataType.INTEGER, "1999", "2026", "0"),
            refused(
                    "enum('sad', 'ok', 'happy')",
                    SQLDataType.VARCHAR,
                    "sort by its number",
                    "'sad'",
                    "'ok'",
                    "'happy'"),
            refused(
                    "set('c', 'b', 'a')",
                    SQLDataType.VARCHAR,
                    "sort by its number",
                    "'a'",
                    "'b'",
                    "'a,b'",
                    "'c'",
                    "''"),
            refused("json", SQLDataType.JSON, "cannot carry", "'1'"),
            pages("json", SQLDataType.VARCHAR, "'1'", "'10'", "'9'", "'\"a\"'"),
            pages("uuid", SQLDataType.UUID, "uuid()", "uuid()", "'ffffffff-0000-4000-8000-000000000000'"),
            pages("uuid", SQLDataType.VARCHAR, "uuid()", "uuid()", "'ffffffff-0000-4000-8000-000000000000'"),
            pages("inet6", SQLDataType.VARCHAR, "'::1'", "'10::'", "'9::'", "'::ffff:10.0.0.1'"),
            pages("inet4", SQLDataType.VARCHAR, "'10.0.0.1'", "'9.0.0.1'"));

    @Test
    void everyType_ofPostgres_pagesOrIsRefused() throws SQLException {
        PostgresServer server = PostgresServer.shared();
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(server.createDatabase()))) {
            DSLContext dsl = DSL.using(connection, SQLDialect.POSTGRES);
            dsl.execute("create extension citext");
            dsl.execute("create type mood as enum ('sad', 'ok', 'happy')");
            dsl.execute("create domain positive as integer check (value > 0)");
            dsl.execute("create domain address as citext");
            dsl.execute("create type pair as (a integer, b text)");
            dsl.execute(
                    "create collation ignoring_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
            TypeMatrix.run(dsl, POSTGRES).verify();
            everyOrderedType(dsl);
        }
    }

    /** Every type that has an order by itself, as the database's own catalogue lists them, is among those above. */
    private static void everyOrderedType(DSLContext dsl) {
        Set<String> tried = new HashSet<>(List.of("text"));
        for (Type type : POSTGRES) {
            dsl.execute("drop table if exists typed");
            dsl.execute("create table typed (v " + type.sql() + ")");
            Record column = dsl.fetchSingle(
                    "select t.typname::text, t.typtype::text, t.typcategory::text from pg_type t "
                            + "join pg_attribute a on a.atttypid = t.oid where a.attrelid = 'typed'::regclass and a.attname = 'v'");
            tried.add(column.get(0, String.class));
            tried.add(KINDS.getOrDefault(column.get(1, String.class), "text"));
            tried.add(column.get(2, String.class).equals("A") ? "anyarray" : "text");
        }
        assertThat(dsl.fetch("select t.typname::text from pg_opclass o join pg_type t on t.oid = o.opcintype "
                                + "join pg_am m on m.oid = o.opcmethod where m.amname = 'btree' and o.opcdefault")
                        .map(row -> row.get(0, String.class)))
                .hasSizeGreaterThan(35)
                .allMatch(tried::contains, "is one of " + tried);
    }

    @Test
    void everyType_ofMariaDb_pagesOrIsRefused() throws SQLException {
        assumeTrue(MariaDbServer.isAvailable(), "there are no binaries of MariaDB for this platform");
        MariaDbServer server = MariaDbServer.shared();
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(server.createDatabase()))) {
            DSLContext dsl = DSL.using(connection, SQLDialect.MARIADB);
            dsl.execute("set sql_mode = 'ALLOW_INVALID_DATES'");
            TypeMatrix.run(dsl, MARIADB).verify();
        }
    }
}

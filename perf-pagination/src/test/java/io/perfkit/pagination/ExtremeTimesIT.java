package io.perfkit.pagination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.row;
import static org.jooq.impl.DSL.table;

import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.TimeZone;
import org.jooq.DSLContext;
import org.jooq.DataType;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Select;
import org.jooq.SortField;
import org.jooq.impl.SQLDataType;
import org.junit.jupiter.api.Test;

/**
 * Infinite dates, dates before Christ, zero dates and skipped hours among the keys: the pages are right, or refused in
 * words that name the column, its type and what to do; never another exception and never another order.
 */
class ExtremeTimesIT {

    private static final Field<Long> ID = field(name("t", "id"), SQLDataType.BIGINT.notNull());
    private static final Field<Integer> GROUP = field(name("t", "g"), SQLDataType.INTEGER.notNull());

    private enum Outcome {
        RIGHT,
        REFUSED
    }

    @Test
    void pages_byExtremeTimes_areRightOrRefused() throws SQLException {
        FourDatabases.each(dsl -> {
            switch (dsl.dialect().family()) {
                case POSTGRES -> postgres(dsl);
                case H2 -> h2(dsl);
                case MARIADB -> mariaDb(dsl);
                default -> sqlite(dsl);
            }
        });
    }

    private static void postgres(DSLContext dsl) {
        for (String extreme : List.of("'infinity'", "'-infinity'", "'0044-03-15 BC'")) {
            verify(dsl, "date", extreme, SQLDataType.LOCALDATE, Outcome.REFUSED);
            verify(dsl, "timestamp", extreme, SQLDataType.LOCALDATETIME(6), Outcome.REFUSED);
            // The remedy that the message names.
            verify(dsl, "date", extreme, SQLDataType.DATE, Outcome.RIGHT);
            verify(dsl, "timestamp", extreme, SQLDataType.TIMESTAMP(6), Outcome.RIGHT);
            Outcome zoned = extreme.contains("BC") ? Outcome.RIGHT : Outcome.REFUSED;
            verify(dsl, "timestamptz", extreme, SQLDataType.OFFSETDATETIME(6), zoned);
            verify(dsl, "timestamptz", extreme, SQLDataType.INSTANT, zoned);
        }
        for (String early : List.of("'0001-01-01'", "'12345-01-01'")) {
            verify(dsl, "date", early, SQLDataType.LOCALDATE, Outcome.RIGHT);
            verify(dsl, "timestamp", early, SQLDataType.LOCALDATETIME(6), Outcome.RIGHT);
            verify(dsl, "timestamptz", early, SQLDataType.OFFSETDATETIME(6), Outcome.RIGHT);
        }
    }

    private static void h2(DSLContext dsl) {
        for (String date : List.of("-0043-03-15", "1500-02-28", "20000-01-01")) {
            Outcome outcome = date.startsWith("-") ? Outcome.REFUSED : Outcome.RIGHT;
            verify(dsl, "date", "date '" + date + "'", SQLDataType.LOCALDATE, outcome);
            verify(dsl, "date", "date '" + date + "'", SQLDataType.DATE, Outcome.RIGHT);
            String time = "timestamp '" + date + " 00:00:00'";
            verify(dsl, "timestamp", time, SQLDataType.LOCALDATETIME(6), outcome);
            verify(dsl, "timestamp", time, SQLDataType.TIMESTAMP(6), Outcome.RIGHT);
            verify(dsl, "timestamp with time zone", time, SQLDataType.OFFSETDATETIME(6), outcome);
        }
    }

    private static void mariaDb(DSLContext dsl) {
        for (String date : List.of("'0000-00-00'", "'0001-01-01'", "'9999-12-31'")) {
            Outcome outcome = date.startsWith("'0000") ? Outcome.REFUSED : Outcome.RIGHT;
            verify(dsl, "date", date, SQLDataType.LOCALDATE, outcome);
            verify(dsl, "date", date, SQLDataType.DATE, outcome);
            verify(dsl, "datetime(6)", date, SQLDataType.LOCALDATETIME(6), outcome);
            verify(dsl, "datetime(6)", date, SQLDataType.TIMESTAMP(6), outcome);
        }
    }

    /** Its times are texts, of which these are none that jOOQ could read. */
    private static void sqlite(DSLContext dsl) {
        for (String extreme : List.of("'infinity'", "'-0043-03-15'")) {
            verify(dsl, "date", extreme, SQLDataType.LOCALDATE, Outcome.REFUSED);
            verify(dsl, "timestamp", extreme, SQLDataType.LOCALDATETIME(6), Outcome.REFUSED);
        }
    }

    private static void verify(DSLContext dsl, String sqlType, String extreme, DataType<?> type, Outcome expected) {
        boolean h2 = dsl.dialect() == SQLDialect.H2;
        dsl.execute("drop table if exists t");
        dsl.execute("create table t (id bigint primary key, g int not null, v " + sqlType + ")");
        String zero = dsl.dialect() == SQLDialect.SQLITE && !sqlType.equals("date") ? " 00:00:00.0" : "";
        String literal = h2 ? (sqlType.equals("date") ? "date " : "timestamp ") : "";
        String midnight = h2 && !sqlType.equals("date") ? " 00:00:00" : zero;
        List<String> values = List.of(
                literal + "'2020-01-01" + midnight + "'",
                extreme,
                literal + "'2021-01-01" + midnight + "'",
                extreme,
                literal + "'1950-05-05" + midnight + "'",
                literal + "'0044-03-15" + midnight + "'");
        for (int i = 0; i < values.size(); i++) {
            dsl.execute("insert into t values (" + (i + 1) + ", " + i % 2 + ", " + values.get(i) + ")");
        }
        Field<?> time = field(name("t", "v"), type);
        for (SortField<?> sorted : List.of(time.asc(), time.desc())) {
            verify(dsl, time, List.of(sorted, ID.asc()), expected);
            verify(dsl, time, List.of(GROUP.asc(), sorted, ID.asc()), expected);
        }
    }

    private static void verify(DSLContext dsl, Field<?> time, List<SortField<?>> order, Outcome expected) {
        List<Long> all = dsl.select(ID).from(table(name("t"))).orderBy(order).fetch(ID);
        CursorPaginator<Record> paginator = CursorPaginator.over(
                        dsl, Keyset.by(order.toArray(new SortField<?>[0])).uniqueBy(ID))
                .cursors(Cursors.codec())
                .build();
        Select<Record> select = dsl.select(List.of(ID, GROUP, time)).from(table(name("t")));
        String what = dsl.dialect() + " " + time.getDataType() + " " + order;
        for (boolean forward : new boolean[] {true, false}) {
            List<Long> seen = new ArrayList<>();
            org.assertj.core.api.ThrowableAssert.ThrowingCallable walk = () ->
                    paginator.forEachPage(select, forward ? CursorRequest.first(1) : CursorRequest.last(1), page -> {
                        assertThat(seen).as(what).hasSizeLessThan(all.size());
                        page.items().forEach(row -> seen.add(forward ? seen.size() : 0, row.get(ID)));
                    });
            if (expected == Outcome.REFUSED) {
                assertThatThrownBy(walk)
                        .as(what)
                        .isExactlyInstanceOf(PaginationException.class)
                        .hasMessageContaining("\"v\"")
                        .hasMessageContaining(time.getType().getSimpleName())
                        .hasMessageContaining("Exclude such rows");
            } else {
                org.assertj.core.api.Assertions.assertThatCode(walk).as(what).doesNotThrowAnyException();
                assertThat(seen).as(what).isEqualTo(all);
            }
        }
    }

    /** The hour between two and three does not exist there, and jOOQ makes of it the hour after. */
    @Test
    void pages_byATimeThatTheZoneOfTheJvmSkips_areRefused() throws SQLException {
        TimeZone before = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
        try {
            FourDatabases.each(dsl -> {
                if (dsl.dialect() != SQLDialect.SQLITE) {
                    String type = dsl.dialect() == SQLDialect.MARIADB ? "datetime(6)" : "timestamp";
                    String skipped = (dsl.dialect() == SQLDialect.H2 ? "timestamp " : "") + "'2026-03-29 02:30:00'";
                    verify(dsl, type, skipped, SQLDataType.LOCALDATETIME(6), Outcome.REFUSED);
                }
            });
        } finally {
            TimeZone.setDefault(before);
        }
    }

    /** Behind a nested row, of which some databases make several columns. */
    @Test
    void pages_byAnExtremeTimeBehindANestedRow_areRefused() throws SQLException {
        FourDatabases.each(dsl -> {
            if (dsl.dialect() == SQLDialect.SQLITE) {
                return;
            }
            String v = dsl.dialect() == SQLDialect.MARIADB ? "'0000-00-00'" : "'0044-03-15 BC'";
            dsl.execute("create table t (id bigint primary key, g int not null, v date)");
            dsl.execute(
                    "insert into t values (1, 1, " + (dsl.dialect() == SQLDialect.H2 ? "date '-0043-03-15'" : v) + ")");
            Field<LocalDate> date = field(name("t", "v"), SQLDataType.LOCALDATE);
            CursorPaginator<Record> paginator = CursorPaginator.over(
                            dsl, Keyset.by(date.asc(), ID.asc()).uniqueBy(ID))
                    .cursors(Cursors.codec())
                    .build();
            Select<? extends Record> select =
                    dsl.select(row(ID, GROUP).as("nested"), ID, date).from(table(name("t")));
            assertThatThrownBy(() -> paginator.fetch(select, CursorRequest.first(1)))
                    .as(dsl.dialect().toString())
                    .isExactlyInstanceOf(PaginationException.class)
                    .hasMessageContaining("Exclude such rows");
        });
    }

    /** What the application does with a row afterwards is no page. */
    @Test
    void rows_ofAPage_areAttachedToTheConfigurationOfTheCaller() throws SQLException {
        FourDatabases.each(dsl -> {
            dsl.execute("create table t (id bigint primary key, v timestamp null)");
            dsl.execute("insert into t values (1, '2026-01-01 00:00:00.0')");
            Field<LocalDateTime> time = field(name("t", "v"), SQLDataType.LOCALDATETIME(6));
            CursorPaginator<Record> paginator = CursorPaginator.over(
                            dsl, Keyset.by(time.asc(), ID.asc()).uniqueBy(ID))
                    .cursors(Cursors.codec())
                    .build();
            Record row = paginator
                    .fetch(dsl.select(List.of(ID, time)).from(table(name("t"))), CursorRequest.first(1))
                    .items()
                    .get(0);
            assertThat(row.configuration()).isSameAs(dsl.configuration());
        });
    }
}

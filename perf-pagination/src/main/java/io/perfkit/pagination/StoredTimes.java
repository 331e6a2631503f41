package io.perfkit.pagination;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.chrono.ChronoLocalDate;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.ExecuteContext;
import org.jooq.ExecuteListener;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows and compares the dates and times among their keys with what the driver says of them.
 *
 * <p>jOOQ 3.19 reads a {@link LocalDate} and a {@link LocalDateTime} by way of {@code java.sql}, and so loses the era of
 * a date before Christ, makes a date 290 million years from now of an infinite one, and moves the hour that a daylight
 * saving time skips; of a zero date MariaDB's driver makes a null. A page that began at such a value would lose rows or
 * never end. What jOOQ cannot read at all is told in the same words. A {@code Binding} of the application is believed.
 *
 * <p>One for each statement, as it is told by jOOQ where the rows are being read.
 */
final class StoredTimes {

    private final List<KeyColumn> columns;
    private final IntUnaryOperator position;
    private final boolean zeroDates;
    private final boolean javaTime;
    /** How deep in nested rows of which jOOQ tells the beginning and the end as well. */
    private int depth;

    private int @Nullable [] indexes;
    private boolean done;

    private StoredTimes(List<KeyColumn> columns, IntUnaryOperator position, SQLDialect dialect) {
        this.columns = columns;
        this.position = position;
        this.zeroDates = dialect.family() == SQLDialect.MARIADB || dialect.family() == SQLDialect.MYSQL;
        // SQLite has texts, of which its driver makes what it can.
        this.javaTime = dialect.family() != SQLDialect.SQLITE;
    }

    /** The rows of a query; {@code position} is that of a key among the columns, from the end where it is negative. */
    static <R extends Record> List<R> fetch(
            DSLContext dsl, Function<DSLContext, List<R>> query, List<KeyColumn> columns, IntUnaryOperator position) {
        if (columns.stream().noneMatch(column -> column.type().isTime())) {
            return query.apply(dsl);
        }
        StoredTimes times = new StoredTimes(columns, position, dsl.dialect());
        Configuration own = dsl.configuration();
        List<R> rows = query.apply(own.deriveAppending(ExecuteListener.onRecordStart(context -> times.depth++)
                        .onRecordEnd(times::compare)
                        .onException(times::explain))
                .dsl());
        times.done = true;
        // What the application does with a row is not to be looked at.
        rows.stream().filter(row -> row.configuration() != null).forEach(row -> row.attach(own));
        return rows;
    }

    private void compare(ExecuteContext context) {
        depth--;
        Record row = context.record();
        ResultSet results = context.resultSet();
        if (done || depth > 0 || row == null || results == null) {
            return;
        }
        int[] at = indexes;
        if (at == null) {
            at = indexes(row, results);
            indexes = at;
        }
        for (int i = 0; i < at.length; i++) {
            KeyColumn column = columns.get(i);
            if (at[i] > 0 && !isAsStored(results, at[i], column, row.get(index(i, row.size())))) {
                throw refused(column, null);
            }
        }
    }

    /** The driver's numbers of the keys that are times; zero where nothing is looked at. */
    private int[] indexes(Record row, ResultSet results) {
        int[] at = new int[columns.size()];
        int width = columns(results);
        for (int i = 0; i < at.length; i++) {
            if (columns.get(i).type().isTime()) {
                int index = index(i, row.size());
                at[i] = row.size() == width
                        ? index + 1
                        : flattened(row, row.size()) == width ? flattened(row, index) + 1 : 0;
            }
        }
        return at;
    }

    /** How many columns the first fields are, where a nested row is as many as it has. */
    private static int flattened(Record row, int fields) {
        int width = 0;
        for (int i = 0; i < fields; i++) {
            width += row.get(i) instanceof Record nested ? flattened(nested, nested.size()) : 1;
        }
        return width;
    }

    private static int columns(ResultSet results) {
        try {
            return results.getMetaData().getColumnCount();
        } catch (SQLException e) {
            return 0;
        }
    }

    private int index(int key, int width) {
        int at = position.applyAsInt(key);
        return at < 0 ? width + at : at;
    }

    private boolean isAsStored(ResultSet results, int index, KeyColumn column, @Nullable Object read) {
        try {
            if (read == null) {
                return !zeroDates || results.getString(index) == null;
            }
            Class<?> type = column.type().carried();
            return !javaTime
                    || (type != LocalDate.class && type != LocalDateTime.class)
                    || isSame(results.getObject(index, type), column.type().toCursor(read));
        } catch (SQLException e) {
            // A driver that has no such value of this column has nothing to compare with.
            return true;
        }
    }

    private static boolean isSame(@Nullable Object stored, @Nullable Object read) {
        if (Objects.equals(stored, read)) {
            return true;
        }
        // In another calendar, which is the one that it will be bound in.
        return (stored instanceof ChronoLocalDate date && isJulian(date))
                || (stored instanceof LocalDateTime time && isJulian(time.toLocalDate()));
    }

    private static boolean isJulian(ChronoLocalDate date) {
        int year = date.get(ChronoField.YEAR);
        return year > 0 && year < 1_583;
    }

    private void explain(ExecuteContext context) {
        ResultSet results = context.resultSet();
        if (done || depth == 0 || results == null) {
            return;
        }
        try {
            int width = columns(results);
            for (int i = 0; i < columns.size(); i++) {
                KeyColumn column = columns.get(i);
                if (column.type().isTime()
                        && !hasNestedRows(results, index(i, width))
                        && !isReadable(results.getString(index(i, width) + 1), column)) {
                    context.exception(refused(column, context.exception()));
                    return;
                }
            }
        } catch (SQLException e) {
            // Then the first exception says more.
        }
    }

    /** Among the columns before that one: their names have a dot, as jOOQ flattens them. */
    private static boolean hasNestedRows(ResultSet results, int before) throws SQLException {
        for (int i = 1; i <= before; i++) {
            if (results.getMetaData().getColumnLabel(i).indexOf('.') >= 0) {
                return true;
            }
        }
        return false;
    }

    private static boolean isReadable(@Nullable String text, KeyColumn column) {
        if (text == null) {
            return true;
        }
        if (text.startsWith("-") || text.endsWith("BC") || text.contains("infinity")) {
            return false;
        }
        try {
            return column.field().getDataType().convert(text) != null;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private static PaginationException refused(KeyColumn column, @Nullable Throwable cause) {
        String type = column.type().carried().getSimpleName();
        return new PaginationException(
                "keyset column " + column.field() + " of the type " + type
                        + " has a value in a row that was read which jOOQ does not read as it is stored: an "
                        + "infinite date, one before Christ, one with zeros for its day or month, an hour "
                        + "that the time zone of this JVM skips, or a text of another form. Pages that "
                        + "began at it would lose rows. Exclude such rows by the select's condition; or "
                        + "give the column a Binding of your own that reads and writes java.time through "
                        + "the driver, or, on PostgreSQL and H2, declare it as SQLDataType.DATE or "
                        + "TIMESTAMP",
                cause,
                true);
    }
}

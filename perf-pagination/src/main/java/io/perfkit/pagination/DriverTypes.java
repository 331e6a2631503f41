package io.perfkit.pagination;

import java.math.BigDecimal;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.Param;
import org.jooq.Record;
import org.jooq.Result;
import org.jooq.Select;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * What the driver says of the columns of a page, where the application has declared a type from which the column cannot be
 * told: an {@code ENUM} is a text to jOOQ, and sorted by number. Such a key is refused before a row is given. Thread-safe.
 */
final class DriverTypes {

    /** Beyond that many columns, of which none was ever seen, each page asks. */
    private static final int REMEMBERED = 64;

    private static final String TYPE_OF_COLUMN = "select data_type from information_schema.columns "
            + "where table_schema = {0} and table_name = {1} and column_name = {2}";

    private final List<KeyColumn> columns;
    private final RawKey rawKey;
    private final boolean asks;
    private final Map<List<String>, String> known = new ConcurrentHashMap<>();

    DriverTypes(List<KeyColumn> columns, DialectRules rules) {
        this.columns = columns;
        this.rawKey = rules.rawKey();
        this.asks = columns.stream().anyMatch(this::isAmbiguous);
    }

    private boolean isAmbiguous(KeyColumn column) {
        Class<?> stored = column.type().stored();
        return switch (rawKey) {
            case NONE, H2 -> stored == String.class || stored == BigDecimal.class || stored == Float.class;
            case POSTGRES -> stored == String.class || stored == BigDecimal.class;
            case MYSQL -> stored == String.class || stored == BigDecimal.class || stored == byte[].class;
            case SQLITE -> false;
        };
    }

    /**
     * The rows of a page.
     *
     * @param positions of the columns; a negative one counts from behind the last column
     */
    <R extends Record> Result<R> fetch(DSLContext dsl, Select<R> page, int[] positions) {
        if (!asks) {
            return dsl.fetch(page);
        }
        Map<KeyColumn, List<String>> open;
        Result<R> result;
        try (Cursor<R> rows = dsl.fetchLazy(page)) {
            open = verified(rows, positions);
            result = rows.fetch();
        } catch (SQLException e) {
            throw new DataAccessException("cannot read the types of the columns of a page", e);
        }
        open.forEach((column, place) -> verify(column, typeOf(dsl, place)));
        if (rawKey == RawKey.MYSQL) {
            LongKeys.verify(dsl, result, columns, positions);
        }
        return result;
    }

    /** The columns of which the driver does not say enough, and where they are. */
    private Map<KeyColumn, List<String>> verified(Cursor<?> rows, int[] positions) throws SQLException {
        ResultSetMetaData types =
                rows.resultSet() == null ? null : rows.resultSet().getMetaData();
        if (types == null) {
            return Map.of();
        }
        Map<KeyColumn, List<String>> open = new LinkedHashMap<>();
        for (int i = 0; i < positions.length; i++) {
            KeyColumn column = columns.get(i);
            if (isAmbiguous(column)) {
                int index = positions[i] < 0 ? types.getColumnCount() + positions[i] + 1 : positions[i] + 1;
                String name = types.getColumnTypeName(index).toUpperCase(Locale.ROOT);
                if (rawKey == RawKey.MYSQL && name.equals("CHAR")) {
                    // MariaDB's driver calls an ENUM and a SET so too.
                    open.put(
                            column,
                            List.of(
                                    types.getCatalogName(index),
                                    types.getTableName(index),
                                    types.getColumnName(index)));
                } else {
                    verify(column, name);
                }
            }
        }
        return open;
    }

    private String typeOf(DSLContext dsl, List<String> place) {
        String type = known.get(place);
        if (type == null) {
            List<Param<String>> names = new ArrayList<>();
            place.forEach(name -> names.add(DSL.val(name)));
            Record row = dsl.fetchOne(TYPE_OF_COLUMN, names.toArray());
            type = row == null
                    ? "ENUM, SET or CHAR"
                    : String.valueOf(row.get(0)).toUpperCase(Locale.ROOT);
            if (known.size() < REMEMBERED) {
                known.put(place, type);
            }
        }
        return type;
    }

    private void verify(KeyColumn column, String name) {
        String remedy = remedy(name, column.type().stored());
        if (remedy != null) {
            throw new PaginationException("keyset column " + column.field() + " is " + name
                    + " in the database and declared as "
                    + column.type().stored().getSimpleName() + ", and the two do not "
                    + "compare alike, so that pages would lose or repeat rows: " + remedy);
        }
    }

    /** What to do about a column of that type in the database; null if nothing has to be done. */
    private @Nullable String remedy(String name, Class<?> declared) {
        return switch (rawKey) {
            case MYSQL -> {
                if (name.startsWith("ENUM") || name.startsWith("SET") || name.startsWith("BIT")) {
                    yield "sort by its number, DSL.field(\"{0} + 0\", SQLDataType.BIGINT, column)"
                            + (name.startsWith("BIT") ? "" : ", or by its text, column.cast(SQLDataType.VARCHAR(…))");
                }
                yield name.startsWith("FLOAT") && declared == BigDecimal.class
                        ? "declare it as SQLDataType.DOUBLE"
                        : null;
            }
            case POSTGRES -> {
                if (name.equals("TIMETZ")) {
                    yield "its text has another offset where it is read; sort by its time in one zone, "
                            + "DSL.field(\"({0} at time zone 'UTC')::time::text\", SQLDataType.VARCHAR, column)";
                }
                yield name.equals("FLOAT4") && declared == BigDecimal.class ? "declare it as SQLDataType.REAL" : null;
            }
            case NONE, H2 -> {
                if (name.startsWith("ENUM") && declared == String.class) {
                    yield "sort by its number, column.cast(SQLDataType.INTEGER), or by its text, "
                            + "column.cast(SQLDataType.VARCHAR)";
                }
                if (name.startsWith("DOUBLE") && declared == Float.class) {
                    yield "declare it as SQLDataType.DOUBLE";
                }
                yield name.equals("REAL") && declared == BigDecimal.class ? "declare it as SQLDataType.REAL" : null;
            }
            case SQLITE -> null;
        };
    }
}

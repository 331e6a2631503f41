package io.perfkit.pagination;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jooq.DSLContext;
import org.jooq.DataType;
import org.jooq.Field;
import org.jooq.Name;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.TableField;
import org.jooq.TableOptions;
import org.jooq.UniqueKey;
import org.jooq.impl.DSL;
import org.jooq.impl.Internal;
import org.jooq.impl.SQLDataType;
import org.jooq.impl.TableImpl;

/**
 * Three tables whose columns have the same names wherever they can, with nulls, duplicates and rows without a partner.
 * Each is used as generated code has it, with its metadata, and as a name and nothing more.
 */
final class OracleTables {

    private static final Map<String, Map<String, DataType<?>>> COLUMNS = columns();

    private OracleTables() {}

    private static Map<String, Map<String, DataType<?>>> columns() {
        Map<String, DataType<?>> customer = new LinkedHashMap<>();
        customer.put("id", SQLDataType.BIGINT.notNull());
        customer.put("name", SQLDataType.VARCHAR(20).notNull());
        customer.put("status", SQLDataType.VARCHAR(10).null_());
        customer.put("grade", SQLDataType.INTEGER.null_());
        customer.put("price", SQLDataType.NUMERIC(10, 2).notNull());
        Map<String, DataType<?>> task = new LinkedHashMap<>();
        task.put("id", SQLDataType.BIGINT.notNull());
        task.put("customer_id", SQLDataType.BIGINT.null_());
        task.put("name", SQLDataType.VARCHAR(20).null_());
        task.put("status", SQLDataType.VARCHAR(10).notNull());
        task.put("grade", SQLDataType.INTEGER.notNull());
        task.put("price", SQLDataType.NUMERIC(10, 2).null_());
        task.put("due", SQLDataType.LOCALDATE.notNull());
        task.put("done", SQLDataType.LOCALDATETIME(6).null_());
        Map<String, DataType<?>> note = new LinkedHashMap<>();
        note.put("id", SQLDataType.BIGINT.notNull());
        note.put("task_id", SQLDataType.BIGINT.null_());
        note.put("name", SQLDataType.VARCHAR(20).null_());
        note.put("grade", SQLDataType.INTEGER.null_());
        Map<String, Map<String, DataType<?>>> all = new LinkedHashMap<>();
        all.put("customer", customer);
        all.put("task", task);
        all.put("note", note);
        return all;
    }

    /** A table with metadata, of the shape that jOOQ's code generator produces. */
    static final class Generated extends TableImpl<Record> {

        private static final long serialVersionUID = 1L;

        private final transient Table<Record> own;
        private final String kind;

        Generated(String kind) {
            this(kind, DSL.name(kind), null);
        }

        private Generated(String kind, Name name, Table<Record> aliased) {
            super(name, null, aliased, null, DSL.comment(""), TableOptions.table(), null);
            this.kind = kind;
            this.own = aliased == null ? this : aliased;
            COLUMNS.get(kind).forEach((column, type) -> createField(DSL.name(column), type, this));
        }

        @Override
        public Generated as(String alias) {
            return new Generated(kind, DSL.name(alias), own);
        }

        @Override
        @SuppressWarnings("unchecked")
        public UniqueKey<Record> getPrimaryKey() {
            TableField<Record, Long> id = (TableField<Record, Long>) own.field("id");
            return Internal.createUniqueKey(own, DSL.name("pk_" + kind), id);
        }
    }

    /**
     * A table in a FROM.
     *
     * @param columns all of them, under the name that it has there
     * @param outer whether rows of the select can be without it
     */
    record Source(Table<?> table, List<Field<?>> columns, boolean outer) {

        Source outside() {
            return new Source(table, columns, true);
        }

        Field<Long> id() {
            return column("id", Long.class);
        }

        <T> Field<T> column(String column, Class<T> type) {
            for (Field<?> field : columns) {
                if (field.getName().equals(column)) {
                    @SuppressWarnings("unchecked")
                    Field<T> typed = (Field<T>) field;
                    assert field.getType() == type;
                    return typed;
                }
            }
            throw new IllegalArgumentException(column);
        }

        List<Field<?>> all(Class<?> type) {
            return columns.stream().filter(column -> column.getType() == type).toList();
        }
    }

    /** The table under an alias, which may be its own name. */
    static Source source(boolean generated, String kind, String alias) {
        if (generated) {
            Table<Record> table = new Generated(kind);
            Table<Record> named = alias.equals(kind) ? table : table.as(alias);
            return new Source(named, List.of(named.fields()), false);
        }
        Table<?> table = table(name(kind));
        return named(alias.equals(kind) ? table : table.as(alias), alias, COLUMNS.get(kind));
    }

    /** Columns of which nothing is known but their names and types. */
    static Source named(Table<?> table, String alias, Map<String, DataType<?>> types) {
        List<Field<?>> columns = new ArrayList<>();
        types.forEach((column, type) -> columns.add(field(name(alias, column), type)));
        return new Source(table, columns, false);
    }

    static void create(DSLContext dsl) {
        Random random = new Random(11);
        COLUMNS.forEach((kind, columns) -> {
            Table<Record> table = new Generated(kind);
            dsl.dropTableIfExists(table).execute();
            dsl.createTable(table).columns(table.fields()).primaryKey("id").execute();
            int rows = kind.equals("customer") ? 4 : kind.equals("task") ? 9 : 6;
            for (int row = 0; row < rows; row++) {
                Record values = dsl.newRecord(table);
                for (Field<?> column : table.fields()) {
                    boolean isNull = column.getDataType().nullable() && random.nextInt(3) == 0;
                    set(values, column, isNull ? null : value(column, row, random));
                }
                dsl.insertInto(table).set(values).execute();
            }
        });
    }

    @SuppressWarnings("unchecked")
    private static void set(Record values, Field<?> column, Object value) {
        values.set((Field<Object>) column, value);
    }

    private static Object value(Field<?> column, int row, Random random) {
        return switch (column.getName()) {
            case "id" -> Long.valueOf(row * 7 % 10 + 1);
            // Some of them are of no row.
            case "customer_id", "task_id" -> Long.valueOf(random.nextInt(10) + 1);
            case "name" -> List.of("ann", "Ann", "bob", "Zoe x", "").get(random.nextInt(5));
            case "status" -> List.of("OPEN", "PAID").get(random.nextInt(2));
            case "grade" -> random.nextInt(4) - 1;
            case "price" -> new BigDecimal(List.of("1.10", "2.50", "10.00").get(random.nextInt(3)));
            case "due" -> LocalDate.of(2026, 1 + random.nextInt(2), 15);
            case "done" -> LocalDateTime.of(2026, 1, 15, 12, 0, 0, random.nextInt(2) * 1_000);
            default -> throw new IllegalArgumentException(column.getName());
        };
    }
}

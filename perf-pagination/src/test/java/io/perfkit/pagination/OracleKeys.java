package io.perfkit.pagination;

import static org.jooq.impl.DSL.abs;
import static org.jooq.impl.DSL.cast;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.concat;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.greatest;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.least;
import static org.jooq.impl.DSL.length;
import static org.jooq.impl.DSL.lower;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.nullif;
import static org.jooq.impl.DSL.nvl2;
import static org.jooq.impl.DSL.replace;
import static org.jooq.impl.DSL.round;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.sign;
import static org.jooq.impl.DSL.substring;
import static org.jooq.impl.DSL.table;
import static org.jooq.impl.DSL.trim;
import static org.jooq.impl.DSL.upper;
import static org.jooq.impl.DSL.val;
import static org.jooq.impl.DSL.when;
import static org.jooq.impl.DSL.year;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jooq.Field;
import org.jooq.impl.SQLDataType;

/** Keys of every kind over the columns of a FROM: the columns themselves and expressions of them. */
final class OracleKeys {

    private final List<Field<?>> columns;
    private final Random random;

    OracleKeys(List<Field<?>> columns, Random random) {
        this.columns = columns;
        this.random = random;
    }

    /** A column, or as often an expression. */
    Field<?> next() {
        if (random.nextBoolean()) {
            return columns.get(random.nextInt(columns.size()));
        }
        List<Field<?>> expressions = new ArrayList<>();
        // Rows without one kind of column have the expressions of the others.
        if (has(String.class)) {
            expressions.add(ofText(any(String.class)));
        }
        if (has(Integer.class)) {
            expressions.add(ofNumber(any(Integer.class)));
            expressions.add(ofNumber(any(Integer.class)));
        }
        if (has(BigDecimal.class)) {
            expressions.add(ofDecimal(any(BigDecimal.class)));
        }
        if (has(LocalDate.class)) {
            expressions.add(ofDate(any(LocalDate.class)));
        }
        if (has(Long.class)) {
            expressions.add(ofSubquery(any(Long.class)));
        }
        return expressions.get(random.nextInt(expressions.size()));
    }

    private boolean has(Class<?> type) {
        return columns.stream().anyMatch(column -> column.getType() == type);
    }

    @SuppressWarnings("unchecked")
    private <T> Field<T> any(Class<T> type) {
        List<Field<?>> all =
                columns.stream().filter(column -> column.getType() == type).toList();
        return (Field<T>) all.get(random.nextInt(all.size()));
    }

    private Field<?> ofText(Field<String> text) {
        return switch (random.nextInt(14)) {
            case 0 -> lower(text);
            case 1 -> upper(text);
            case 2 -> concat(text, inline("-"));
            case 3 -> substring(text, 1, 2);
            case 4 -> coalesce(text, inline("?"));
            case 5 -> coalesce(text, any(String.class));
            case 6 -> nullif(text, inline("ann"));
            case 7 -> length(text);
            case 8 -> when(text.gt("b"), text);
            case 9 -> when(text.gt("b"), text).otherwise("z");
            case 10 -> trim(text);
            case 11 -> replace(text, "n", "m");
            case 12 -> field(text.isNull());
            default -> field("upper({0})", SQLDataType.VARCHAR, text);
        };
    }

    private Field<?> ofNumber(Field<Integer> number) {
        return switch (random.nextInt(16)) {
            case 0 -> number.add(1);
            case 1 -> number.mul(-1);
            case 2 -> number.neg();
            case 3 -> abs(number);
            case 4 -> number.mod(2);
            case 5 -> coalesce(number, inline(0));
            case 6 -> nullif(number, 1);
            case 7 -> when(number.gt(0), number);
            case 8 ->
                when(number.gt(0), inline("many")).when(number.eq(0), "none").otherwise(inline("few"));
            case 9 -> cast(number, SQLDataType.VARCHAR(10));
            case 10 -> number.add(any(Integer.class));
            case 11 -> greatest(number, any(Integer.class));
            case 12 -> least(number, val(1));
            case 13 -> sign(number);
            case 14 -> field(number.gt(0));
            default -> nvl2(number, inline("known"), inline((String) null, SQLDataType.VARCHAR));
        };
    }

    private Field<?> ofDecimal(Field<BigDecimal> decimal) {
        return switch (random.nextInt(8)) {
            case 0 -> decimal.add(new BigDecimal("0.005"));
            case 1 -> decimal.div(new BigDecimal("3"));
            case 2 -> decimal.mul(decimal);
            case 3 -> round(decimal);
            case 4 -> cast(decimal, SQLDataType.INTEGER);
            case 5 -> cast(decimal, SQLDataType.DOUBLE);
            case 6 -> coalesce(decimal, inline(new BigDecimal("1.1")));
            default -> decimal.neg();
        };
    }

    private Field<?> ofDate(Field<LocalDate> date) {
        return switch (random.nextInt(4)) {
            case 0 -> year(date);
            case 1 -> coalesce(date, inline(LocalDate.of(2026, 2, 1)));
            case 2 -> field(date.gt(LocalDate.of(2026, 2, 1)));
            default -> when(date.gt(LocalDate.of(2026, 2, 1)), date);
        };
    }

    private Field<?> ofSubquery(Field<Long> number) {
        Field<Long> task = field(name("q", "task_id"), SQLDataType.BIGINT);
        Field<Integer> grade = field(name("q", "grade"), SQLDataType.INTEGER.notNull());
        var notes = table(name("note")).as("q");
        return switch (random.nextInt(3)) {
            case 0 -> field(select(count()).from(notes).where(task.eq(number)));
            case 1 -> field(select(max(grade)).from(notes).where(task.eq(number)));
            default -> coalesce(field(select(max(grade)).from(notes).where(task.le(number))), inline(0));
        };
    }
}

package io.perfkit.pagination;

import static io.perfkit.pagination.OracleTables.named;
import static io.perfkit.pagination.OracleTables.source;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.lateral;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.orderBy;
import static org.jooq.impl.DSL.rowNumber;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectDistinct;

import io.perfkit.pagination.OracleTables.Source;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jooq.CommonTableExpression;
import org.jooq.DataType;
import org.jooq.Field;
import org.jooq.SQLDialect;
import org.jooq.Select;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;
import org.jspecify.annotations.Nullable;

/** Every kind of FROM: tables, joins of two and three, derived tables, common table expressions. */
final class OracleFroms {

    /**
     * A FROM.
     *
     * @param identifying columns that tell one row from every other, of which those of outer sources can be null
     * @param with a common table expression that it needs
     * @param asterisk whether {@code *} is every column of it once
     */
    record From(
            String what,
            Table<?> table,
            List<Source> sources,
            List<Field<?>> identifying,
            @Nullable CommonTableExpression<?> with,
            boolean asterisk) {

        /** Whether jOOQ's metadata say what identifies a row. */
        boolean isKnown() {
            return identifying.stream()
                    .allMatch(field -> sources.stream()
                            .anyMatch(source -> source.table() instanceof OracleTables.Generated
                                    && source.columns().contains(field)));
        }

        boolean isIdentifiedByNulls() {
            return sources.stream().anyMatch(Source::outer)
                    && identifying.stream()
                            .anyMatch(field -> sources.stream()
                                    .anyMatch(source ->
                                            source.outer() && source.columns().contains(field)));
        }

        List<Field<?>> columns() {
            List<Field<?>> columns = new ArrayList<>();
            sources.forEach(source -> columns.addAll(source.columns()));
            return columns;
        }

        /** Another number for each row. */
        Field<Long> mark() {
            Field<Long> mark = null;
            for (Field<?> field : identifying) {
                @SuppressWarnings("unchecked")
                Field<Long> number = coalesce((Field<Long>) field, inline(0L));
                mark = mark == null ? number : mark.mul(inline(100L)).add(number);
            }
            return mark;
        }
    }

    private final boolean generated;
    private final SQLDialect dialect;
    private final List<From> all = new ArrayList<>();

    private OracleFroms(boolean generated, SQLDialect dialect) {
        this.generated = generated;
        this.dialect = dialect;
    }

    static List<From> all(boolean generated, SQLDialect dialect) {
        OracleFroms froms = new OracleFroms(generated, dialect);
        froms.joins();
        froms.derived();
        return froms.all;
    }

    private void add(String what, Table<?> table, List<Source> sources, Field<?>... identifying) {
        all.add(new From(
                what + (generated ? ", generated" : ", by name"), table, sources, List.of(identifying), null, true));
    }

    private void joins() {
        Source task = source(generated, "task", "task");
        Source customer = source(generated, "customer", "customer");
        Source note = source(generated, "note", "note");
        Source t = source(generated, "task", "t");
        Source u = source(generated, "task", "u");
        Source c = source(generated, "customer", "c");
        Source n = source(generated, "note", "n");
        add("table", task.table(), List.of(task), task.id());
        add("aliased table", t.table(), List.of(t), t.id());
        var ofCustomer = customer.id().eq(task.column("customer_id", Long.class));
        var ofTask = note.column("task_id", Long.class).eq(task.id());
        add("inner join", task.table().join(customer.table()).on(ofCustomer), List.of(task, customer), task.id());
        add(
                "inner join of aliases that multiplies",
                c.table().join(t.table()).on(c.id().eq(t.column("customer_id", Long.class))),
                List.of(c, t),
                t.id());
        add(
                "left join",
                task.table().leftJoin(customer.table()).on(ofCustomer),
                List.of(task, customer.outside()),
                task.id());
        add(
                "left join that multiplies",
                customer.table().leftJoin(task.table()).on(ofCustomer),
                List.of(customer, task.outside()),
                customer.id(),
                task.id());
        add(
                "right join",
                task.table().rightJoin(customer.table()).on(ofCustomer),
                List.of(task.outside(), customer),
                customer.id(),
                task.id());
        if (dialect == SQLDialect.POSTGRES || dialect == SQLDialect.SQLITE) {
            add(
                    "full join",
                    task.table().fullJoin(customer.table()).on(ofCustomer),
                    List.of(task.outside(), customer.outside()),
                    customer.id(),
                    task.id());
        }
        add(
                "self join",
                t.table()
                        .join(u.table())
                        .on(t.column("grade", Integer.class)
                                .eq(u.column("grade", Integer.class))
                                .and(t.id().lt(u.id()))),
                List.of(t, u),
                t.id(),
                u.id());
        add(
                "left self join",
                t.table().leftJoin(u.table()).on(u.id().eq(t.id().add(2L))),
                List.of(t, u.outside()),
                t.id());
        add("cross join", c.table().crossJoin(n.table()), List.of(c, n), c.id(), n.id());
        add(
                "inner join of three",
                note.table()
                        .join(task.table())
                        .on(ofTask)
                        .join(customer.table())
                        .on(ofCustomer),
                List.of(note, task, customer),
                note.id());
        add(
                "left join of three",
                customer.table()
                        .leftJoin(task.table())
                        .on(ofCustomer)
                        .leftJoin(note.table())
                        .on(ofTask),
                List.of(customer, task.outside(), note.outside()),
                customer.id(),
                task.id(),
                note.id());
        add(
                "left join of a join",
                note.table()
                        .leftJoin(task.table().join(customer.table()).on(ofCustomer))
                        .on(ofTask),
                List.of(note, task.outside(), customer.outside()),
                note.id());
        add(
                "right join of three",
                note.table()
                        .rightJoin(task.table())
                        .on(ofTask)
                        .leftJoin(customer.table())
                        .on(ofCustomer),
                List.of(note.outside(), task, customer.outside()),
                task.id(),
                note.id());
        add("semi join", task.table().leftSemiJoin(customer.table()).on(ofCustomer), List.of(task), task.id());
        all.add(new From(
                "join using",
                task.table().join(note.table()).using(task.id()),
                List.of(task, note),
                List.of(task.id()),
                null,
                false));
        if (dialect == SQLDialect.POSTGRES) {
            Map<String, DataType<?>> types = new LinkedHashMap<>();
            types.put("id", SQLDataType.BIGINT);
            types.put("grade", SQLDataType.INTEGER);
            Table<?> two = select(t.id(), t.column("grade", Integer.class))
                    .from(t.table())
                    .where(t.column("customer_id", Long.class).eq(c.id()))
                    .orderBy(t.id())
                    .limit(2)
                    .asTable("l");
            Source l = named(two, "l", types);
            add("lateral join", c.table().crossJoin(lateral(two)), List.of(c, l), c.id(), l.id());
        }
    }

    private void derived() {
        Source t = source(generated, "task", "t");
        Source c = source(generated, "customer", "c");
        Map<String, DataType<?>> types = new LinkedHashMap<>();
        types.put("id", SQLDataType.BIGINT.notNull());
        types.put("name", SQLDataType.VARCHAR(20));
        types.put("customer_name", SQLDataType.VARCHAR(20));
        types.put("grade", SQLDataType.INTEGER);
        types.put("row_nr", SQLDataType.INTEGER.notNull());
        Select<?> join = select(
                        t.id(),
                        t.column("name", String.class),
                        c.column("name", String.class).as("customer_name"),
                        c.column("grade", Integer.class),
                        rowNumber()
                                .over(orderBy(t.column("status", String.class), t.id()))
                                .as("row_nr"))
                .from(t.table())
                .leftJoin(c.table())
                .on(c.id().eq(t.column("customer_id", Long.class)));
        Table<?> derived = join.asTable("d");
        Source fields = new Source(derived, List.of(derived.fields()), false);
        Source names = named(derived, "d", types);
        Source d = generated ? fields : names;
        add("derived table of a join", derived, List.of(d), d.id());
        Source customer = source(generated, "customer", "customer");
        add(
                "derived table, joined",
                customer.table()
                        .leftJoin(derived)
                        .on(d.column("grade", Integer.class).eq(customer.column("grade", Integer.class))),
                List.of(customer, d.outside()),
                customer.id(),
                d.id());
        var with = name("w").as(join);
        Source w = generated ? new Source(with, List.of(with.fields()), false) : named(with, "w", types);
        all.add(new From("common table expression", with, List.of(w), List.of(w.id()), with, true));
        all.add(new From(
                "common table expression, joined",
                customer.table()
                        .join(with)
                        .on(w.column("grade", Integer.class).eq(customer.column("grade", Integer.class))),
                List.of(customer, w),
                List.of(customer.id(), w.id()),
                with,
                true));
        Map<String, DataType<?>> grouped = new LinkedHashMap<>();
        grouped.put("id", SQLDataType.BIGINT);
        grouped.put("n", SQLDataType.INTEGER);
        grouped.put("grade", SQLDataType.INTEGER);
        Table<?> groups = select(
                        t.column("customer_id", Long.class).as("id"),
                        count().as("n"),
                        max(t.column("grade", Integer.class)).as("grade"))
                .from(t.table())
                .groupBy(t.column("customer_id", Long.class))
                .asTable("g");
        Source g = named(groups, "g", grouped).outside();
        add("derived table of groups", groups, List.of(g), g.id());
        Table<?> distinct = selectDistinct(t.column("customer_id", Long.class).as("id"))
                .from(t.table())
                .asTable("g");
        Source e = named(distinct, "g", Map.of("id", SQLDataType.BIGINT)).outside();
        add("derived table of distinct rows", distinct, List.of(e), e.id());
        Map<String, DataType<?>> united = new LinkedHashMap<>();
        united.put("kind", SQLDataType.BIGINT.notNull());
        united.put("id", SQLDataType.BIGINT.notNull());
        united.put("name", SQLDataType.VARCHAR(20));
        Table<?> union = select(inline(1L).as("kind"), t.id(), t.column("name", String.class))
                .from(t.table())
                .unionAll(select(inline(2L), c.id(), c.column("name", String.class))
                        .from(c.table()))
                .asTable("g");
        Source both = named(union, "g", united);
        add("derived table of a union", union, List.of(both), both.column("kind", Long.class), both.id());
    }
}

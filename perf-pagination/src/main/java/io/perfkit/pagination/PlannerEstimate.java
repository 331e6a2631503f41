package io.perfkit.pagination;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Select;

/** How many rows the planner of the database expects a query to have. */
final class PlannerEstimate {

    private static final Pattern PLAN_ROWS = Pattern.compile("\"Plan Rows\":\\s*(\\d+)");

    private PlannerEstimate() {}

    static long rows(DSLContext dsl, Select<?> query) {
        return switch (dsl.dialect().family()) {
            case POSTGRES -> postgres(dsl, query);
            case MYSQL, MARIADB -> mysql(dsl, query);
            default ->
                throw new PaginationException("Totals.estimated() needs a planner that tells how many rows it expects; "
                        + dsl.dialect() + " is not known to have one. Use Totals.bounded(n)");
        };
    }

    /** The outermost node comes first. */
    private static long postgres(DSLContext dsl, Select<?> query) {
        String plan = String.valueOf(dsl.fetchValue("explain (format json) {0}", query));
        Matcher rows = PLAN_ROWS.matcher(plan);
        if (!rows.find()) {
            throw new PaginationException("the plan of the database has no number of rows in it");
        }
        return Long.parseLong(rows.group(1));
    }

    /** A row for each table, in the order of the joins: how many rows of it are read, and what per cent are kept. */
    private static long mysql(DSLContext dsl, Select<?> query) {
        double product = 1;
        Object outermost = null;
        String explain = dsl.family() == SQLDialect.MARIADB ? "explain extended {0}" : "explain {0}";
        for (Record table : dsl.fetch(explain, query)) {
            Object id = table.get("id");
            outermost = outermost == null ? id : outermost;
            Double rows = table.get("rows", Double.class);
            if (rows != null && id != null && id.equals(outermost)) {
                Double filtered = table.get("filtered", Double.class);
                product *= rows * (filtered == null ? 1 : filtered / 100);
            }
        }
        return Math.round(product);
    }
}

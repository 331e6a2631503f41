package io.perfkit.pagination;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jooq.AggregateFunction;
import org.jooq.Field;
import org.jooq.impl.QOM;

/** Which expressions a page can be sought by: those that WHERE takes and that answer the same each time. */
final class KeyExpression {

    private static final Pattern QUOTED = Pattern.compile("\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'");
    private static final Pattern WINDOW = Pattern.compile("\\bover\\s*\\(");
    private static final Pattern RANDOM = Pattern.compile("\\b(rand|random|uuid|gen_random_uuid)\\s*\\(");

    private KeyExpression() {}

    static void verify(Field<?> field) {
        String text = QUOTED.matcher(field.toString()).replaceAll("x").toLowerCase(Locale.ROOT);
        boolean isWindow = WINDOW.matcher(text).find();
        // To jOOQ, an aggregate function is a window function whose window is still to come.
        if (!isWindow && field instanceof AggregateFunction) {
            throw refused(field, "is an aggregate function");
        }
        if (isWindow || field instanceof QOM.WindowFunction) {
            throw refused(field, "is a window function");
        }
        if (field instanceof QOM.Rand || RANDOM.matcher(text).find()) {
            throw new PaginationException("the keyset column " + field + " has another value each time it is asked, so "
                    + "that there is no position to go on from: store the value in a column, and page by that");
        }
    }

    private static PaginationException refused(Field<?> field, String what) {
        return new PaginationException(
                "the keyset column " + field + " " + what + ", by which no WHERE can seek: give it "
                        + "a name, make the select a derived table, select.asTable(\"t\"), and page a select from that by the "
                        + "column of that name");
    }
}

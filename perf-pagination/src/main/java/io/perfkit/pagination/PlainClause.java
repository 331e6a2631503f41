package io.perfkit.pagination;

import java.util.Locale;
import java.util.regex.Pattern;

/** What a select has behind its FROM and not by jOOQ, as its own text in plain SQL; nothing in parentheses is of it. */
enum PlainClause {
    NONE,
    WHERE,
    ORDER,
    SIZE,
    ROWS;

    /** Texts, names in quotes, and comments. */
    private static final Pattern QUOTED = Pattern.compile(
            "'(?:[^'\\\\]|''|\\\\.)*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|/\\*.*?\\*/|--[^\\n]*", Pattern.DOTALL);

    private static final Pattern INNERMOST = Pattern.compile("\\([^()]*\\)");
    private static final Pattern CONDITION = Pattern.compile("\\bwhere\\b");
    private static final Pattern SORTING = Pattern.compile("\\border\\s+by\\b");
    private static final Pattern COUNTING =
            Pattern.compile("\\b(limit|offset)\\s+[\\d?:$]|\\blimit\\s+all\\b|\\bfetch\\s+(first|next)\\b");
    private static final Pattern GROUPING = Pattern.compile(
            "\\bgroup\\s+by\\b|\\bhaving\\b|\\b(union|intersect|except|minus)\\s+(all|distinct|select|values|table|x)\\b");

    /** The first of them in the text of a query, with its values; {@code hasWhere} is whether jOOQ has a WHERE in it. */
    static PlainClause in(String query, boolean hasWhere) {
        String lower = query.toLowerCase(Locale.ROOT);
        // Nearly every query has none of these words anywhere.
        boolean isSuspect = SORTING.matcher(lower).find()
                || COUNTING.matcher(lower).find()
                || GROUPING.matcher(lower).find()
                || CONDITION.matcher(lower).results().count() > (hasWhere ? 1 : 0);
        if (!isSuspect) {
            return NONE;
        }
        String outermost = QUOTED.matcher(lower).replaceAll("x");
        for (String shorter = ""; !shorter.equals(outermost); ) {
            shorter = outermost;
            outermost = INNERMOST.matcher(outermost).replaceAll(" x ");
        }
        if (SORTING.matcher(outermost).find()) {
            return ORDER;
        }
        if (COUNTING.matcher(outermost).find()) {
            return SIZE;
        }
        if (GROUPING.matcher(outermost).find()) {
            return ROWS;
        }
        return CONDITION.matcher(outermost).results().count() > (hasWhere ? 1 : 0) ? WHERE : NONE;
    }
}

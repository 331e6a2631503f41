package io.perfkit.monitoring;

import java.util.Locale;
import java.util.Set;

/** The words that SQL reserves, as far as folding has to tell them from names. */
final class SqlWords {
    /** An operand, a list or a name follows; written in small letters and set apart from a parenthesis. */
    private static final Set<String> KEYWORDS = Set.of(
            "select",
            "from",
            "where",
            "and",
            "or",
            "not",
            "in",
            "exists",
            "between",
            "like",
            "ilike",
            "is",
            "null",
            "as",
            "on",
            "using",
            "join",
            "left",
            "right",
            "inner",
            "outer",
            "full",
            "cross",
            "natural",
            "lateral",
            "union",
            "all",
            "except",
            "intersect",
            "group",
            "by",
            "having",
            "order",
            "asc",
            "desc",
            "nulls",
            "first",
            "last",
            "limit",
            "offset",
            "fetch",
            "next",
            "rows",
            "row",
            "only",
            "for",
            "update",
            "share",
            "of",
            "insert",
            "into",
            "values",
            "set",
            "delete",
            "merge",
            "replace",
            "matched",
            "when",
            "then",
            "else",
            "case",
            "with",
            "recursive",
            "returning",
            "distinct",
            "over",
            "partition",
            "window",
            "filter",
            "within",
            "default",
            "create",
            "alter",
            "drop",
            "table",
            "index",
            "view",
            "to",
            "do",
            "nothing",
            "conflict",
            "begin",
            "commit",
            "rollback",
            "call",
            "explain",
            "analyze",
            "truncate",
            "grant",
            "revoke",
            "if",
            "escape",
            "similar",
            "some",
            "any",
            "array",
            "primary",
            "key",
            "references",
            "constraint",
            "unique",
            "check",
            "add",
            "column",
            "top",
            "ignore",
            "duplicate",
            "straight_join",
            "collate",
            "identified",
            "password",
            "tablesample",
            "skip",
            "locked",
            "nowait",
            "materialized",
            "temporary");

    /** Names that nobody quotes for their case: a call reads the same in any. */
    private static final Set<String> FUNCTIONS = Set.of(
            "count",
            "sum",
            "min",
            "max",
            "avg",
            "coalesce",
            "cast",
            "lower",
            "upper",
            "now",
            "nextval",
            "concat",
            "trim",
            "length",
            "substring",
            "extract",
            "date",
            "time",
            "timestamp",
            "interval",
            "round",
            "abs",
            "greatest",
            "least",
            "nullif",
            "end",
            "current_date",
            "current_time",
            "current_timestamp",
            "true",
            "false",
            "row_number");

    /** May stand in a list of values without making it one of columns. */
    private static final Set<String> IN_VALUES = Set.of(
            "as",
            "null",
            "default",
            "array",
            "row",
            "interval",
            "date",
            "time",
            "timestamp",
            "at",
            "zone",
            "with",
            "without",
            "precision",
            "varying",
            "double",
            "unsigned",
            "signed",
            "current_date",
            "current_time",
            "current_timestamp",
            "localtime",
            "localtimestamp",
            "sysdate",
            "systimestamp",
            "day",
            "hour",
            "minute",
            "second",
            "month",
            "year",
            "collate",
            "distinct",
            "all",
            "from",
            "for",
            "both",
            "leading",
            "trailing",
            "current_user",
            "values");

    private static final Set<String> BEFORE_A_NAME =
            Set.of("from", "join", "into", "update", "table", "only", "index", "on", "column", "constraint");

    private SqlWords() {}

    /** The keyword or function in small letters, or the word as it is. */
    static String normal(String word) {
        if (word.length() > 17) {
            return word;
        }
        String small = word.toLowerCase(Locale.ROOT);
        return small.equals(word) || KEYWORDS.contains(small) || FUNCTIONS.contains(small) || IN_VALUES.contains(small)
                ? small
                : word;
    }

    static boolean isKeyword(String normal) {
        return KEYWORDS.contains(normal);
    }

    static boolean isOfValues(String normal) {
        return IN_VALUES.contains(normal);
    }

    /** After these a quoted text is a name in every dialect. */
    static boolean precedesName(String normal) {
        return BEFORE_A_NAME.contains(normal);
    }
}

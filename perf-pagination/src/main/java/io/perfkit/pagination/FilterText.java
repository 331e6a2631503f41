package io.perfkit.pagination;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * One text for all filters that differ only in the order of a set: the list of an {@code IN}, the array of an {@code ANY}
 * or {@code ALL}, and the parts of a condition in parentheses that are joined by OR or by AND, which is how jOOQ writes
 * such a list for a database that lacks it. The order of a {@code Set.of} differs from one JVM to the next, and a cursor
 * has to survive that. The text is compared, never run.
 *
 * <p>Works on the text, as that is the same for conditions of jOOQ and of plain SQL. Where the text is not understood to
 * its end, because it has comments or quotes of an unusual kind, it is taken as it is, and so is any part of it in which
 * order may matter. One pass; a list of n values is sorted.
 */
final class FilterText {

    private final String sql;
    private final String lower;
    private int at;

    private FilterText(String sql, String lower) {
        this.sql = sql;
        this.lower = lower;
    }

    static String canonical(String sql) {
        String lower = sql.toLowerCase(Locale.ROOT);
        if (lower.length() != sql.length()
                || !(lower.contains("in (")
                        || lower.contains(" or ")
                        || lower.contains(" and ")
                        || lower.contains("any")
                        || lower.contains("all"))) {
            return sql;
        }
        FilterText text = new FilterText(sql, lower);
        try {
            String canonical = text.group(Kind.PLAIN, (char) 0);
            return text.at == sql.length() ? canonical : sql;
        } catch (NotUnderstood e) {
            return sql;
        }
    }

    private enum Kind {
        PLAIN,
        /** A list, if it is no subquery, in which order does not matter. */
        SET,
        /** What is compared by ANY or ALL: an array, perhaps in a cast, whose order does not matter. */
        QUANTIFIED
    }

    /** Everything up to the closing character, which is left where it is. */
    private String group(Kind kind, char closing) {
        Parts parts = new Parts();
        while (at < sql.length() && sql.charAt(at) != closing) {
            char c = sql.charAt(at);
            switch (c) {
                case '\'', '"', '`' -> parts.add(quoted(c, kind));
                case '(', '[' -> parts.add(nested(kind, c));
                case ')', ']' -> throw new NotUnderstood();
                case ',' -> {
                    parts.comma();
                    at++;
                }
                case '-', '/', '$' -> {
                    if (lower.startsWith("--", at) || lower.startsWith("/*", at) || c == '$') {
                        throw new NotUnderstood();
                    }
                    parts.add(String.valueOf(c));
                    at++;
                }
                default -> {
                    if (isWord(c)) {
                        parts.word(word());
                    } else {
                        parts.add(String.valueOf(c));
                        at++;
                    }
                }
            }
        }
        if (closing != 0 && at == sql.length()) {
            throw new NotUnderstood();
        }
        return parts.text(kind, closing);
    }

    private String nested(Kind outer, char opening) {
        Kind kind = kind(outer, opening);
        char closing = opening == '(' ? ')' : ']';
        at++;
        String inside = group(kind, closing);
        at++;
        return opening + inside + closing;
    }

    private Kind kind(Kind outer, char opening) {
        int end = at;
        while (end > 0 && sql.charAt(end - 1) == ' ') {
            end--;
        }
        int start = end;
        while (start > 0 && isWord(sql.charAt(start - 1))) {
            start--;
        }
        return switch (lower.substring(start, end)) {
            case "in" -> Kind.SET;
            case "any", "all", "some" -> Kind.QUANTIFIED;
            case "cast" -> outer == Kind.QUANTIFIED ? Kind.QUANTIFIED : Kind.PLAIN;
            case "array" -> outer == Kind.QUANTIFIED && opening == '[' ? Kind.SET : Kind.PLAIN;
            default -> Kind.PLAIN;
        };
    }

    private String quoted(char quote, Kind kind) {
        int start = at++;
        while (true) {
            int end = sql.indexOf(quote, at);
            // Whether a backslash escapes is a matter of the database and its settings.
            if (end < 0 || (quote == '\'' && sql.charAt(end - 1) == '\\')) {
                throw new NotUnderstood();
            }
            at = end + 1;
            if (at == sql.length() || sql.charAt(at) != quote) {
                String text = sql.substring(start, at);
                return kind == Kind.QUANTIFIED && text.startsWith("'{") && text.endsWith("}'")
                        ? "'{" + String.join(",", elements(text.substring(2, text.length() - 2))) + "}'"
                        : text;
            }
            at++;
        }
    }

    /** Of a literal such as {@code {"a","b"}} without its braces. */
    private static Set<String> elements(String array) {
        Set<String> elements = new TreeSet<>();
        boolean quoted = false;
        int start = 0;
        for (int i = 0; i < array.length(); i++) {
            char c = array.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && (c == '{' || c == '}')) {
                throw new NotUnderstood();
            } else if (!quoted && c == ',') {
                elements.add(array.substring(start, i));
                start = i + 1;
            }
        }
        elements.add(array.substring(start));
        return elements;
    }

    private String word() {
        int start = at;
        while (at < sql.length() && isWord(sql.charAt(at))) {
            at++;
        }
        return sql.substring(start, at);
    }

    private static boolean isWord(char c) {
        return Character.isLetterOrDigit(c) || c == '_';
    }

    /** The text of a group, cut at its commas and at its words OR and AND. */
    private static final class Parts {

        private final StringBuilder text = new StringBuilder();
        private final List<Integer> commas = new ArrayList<>();
        private final List<Integer> ors = new ArrayList<>();
        private final List<Integer> ands = new ArrayList<>();
        private boolean ordered;
        private boolean between;

        void add(String piece) {
            text.append(piece);
        }

        void comma() {
            commas.add(text.length());
            text.append(',');
        }

        void word(String word) {
            switch (word.toLowerCase(Locale.ROOT)) {
                case "or" -> ors.add(text.length());
                case "and" -> ands.add(text.length());
                case "between" -> between = true;
                // A statement or an expression in which the order of what follows matters.
                case "select", "with", "values", "table", "case", "order", "xor" -> ordered = true;
                default -> {}
            }
            text.append(word);
        }

        String text(Kind kind, char closing) {
            if (closing == 0 || ordered) {
                return text.toString();
            }
            if (kind == Kind.SET) {
                return joined(commas, 1, ", ");
            }
            if (!commas.isEmpty()) {
                return text.toString();
            }
            if (!ors.isEmpty()) {
                return joined(ors, 2, " or ");
            }
            return between || ands.isEmpty() ? text.toString() : joined(ands, 3, " and ");
        }

        private String joined(List<Integer> cuts, int length, String joint) {
            Set<String> parts = new TreeSet<>();
            int start = 0;
            for (int cut : cuts) {
                parts.add(text.substring(start, cut).trim());
                start = cut + length;
            }
            parts.add(text.substring(start).trim());
            return String.join(joint, parts);
        }
    }

    /** Thrown to give up, without the cost of a stack trace. */
    private static final class NotUnderstood extends RuntimeException {

        private static final long serialVersionUID = 1;

        private NotUnderstood() {
            super(null, null, false, false);
        }
    }
}

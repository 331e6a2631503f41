package io.perfkit.monitoring;

/**
 * Where literals, comments and words of a text of SQL end, by dialect. Where the dialect is unknown and readings differ,
 * the reading under which the whole text is well formed wins; where more than one is, the rest of the text is given up
 * for a value, since a value must never show.
 */
final class SqlScanner {
    final String sql;
    final int end;
    final SqlDialect dialect;
    int at;

    SqlScanner(String sql, SqlDialect dialect) {
        this.sql = sql;
        this.end = sql.length();
        this.dialect = dialect;
    }

    char peek(int index) {
        return index < end ? sql.charAt(index) : '\0';
    }

    boolean digitAt(int index) {
        char c = peek(index);
        return c >= '0' && c <= '9';
    }

    boolean wordStartAt(int index) {
        char c = peek(index);
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c > 127 && Character.isLetter(c));
    }

    private boolean wordAt(int index) {
        char c = peek(index);
        return wordStartAt(index)
                || (c >= '0' && c <= '9')
                || (c == '$' && index > 0)
                || (c > 127 && Character.isLetterOrDigit(c))
                || (c == '#' && (dialect == SqlDialect.ORACLE || dialect == SqlDialect.SQL_SERVER));
    }

    void skipWord() {
        while (at < end && wordAt(at)) {
            at++;
        }
    }

    void skipNumber() {
        while (at < end && (wordAt(at) || sql.charAt(at) == '.' || signOfExponent())) {
            at++;
        }
    }

    private boolean signOfExponent() {
        char c = sql.charAt(at);
        char before = sql.charAt(at - 1);
        boolean hexadecimal = at > 2 && Character.toLowerCase(sql.charAt(at - 2)) == 'x';
        return (c == '-' || c == '+') && (before == 'e' || before == 'E') && !hexadecimal && digitAt(at + 1);
    }

    /** The first character at or after an index that is no white space, or 0. */
    char nextVisible(int index) {
        int i = index;
        while (i < end && Character.isWhitespace(sql.charAt(i))) {
            i++;
        }
        return peek(i);
    }

    void skipLine() {
        int found = sql.indexOf('\n', at);
        at = found < 0 ? end : found + 1;
    }

    /** Behind a block comment, which nests in some dialects: in an unknown one where it then comes to an end. */
    void skipComment() {
        if (dialect.nestsComments()) {
            int depth = 0;
            int i = at;
            while (i + 1 < end) {
                if (sql.charAt(i) == '/' && sql.charAt(i + 1) == '*') {
                    depth++;
                    i += 2;
                } else if (sql.charAt(i) == '*' && sql.charAt(i + 1) == '/') {
                    i += 2;
                    if (--depth == 0) {
                        at = i;
                        return;
                    }
                } else {
                    i++;
                }
            }
            if (dialect != SqlDialect.UNKNOWN) {
                at = end;
                return;
            }
        }
        int found = sql.indexOf("*/", at + 2);
        at = found < 0 ? end : found + 2;
    }

    /** Behind a literal in single quotes, or in the double ones of a dialect that has such. */
    void skipString(char quote, boolean escapes) {
        int standard = closing(at, quote, false);
        int escaped = closing(at, quote, true);
        if (standard == escaped || escapes) {
            at = escaped;
        } else if (dialect != SqlDialect.UNKNOWN && !dialect.isMySql()) {
            at = standard;
        } else {
            boolean standardFits = standard <= end && fits(standard, false);
            boolean escapedFits = escaped <= end && fits(escaped, true);
            if (standardFits == escapedFits) {
                at = dialect.isMySql() ? escaped : end; // either could be meant
            } else {
                at = standardFits ? standard : escaped;
            }
        }
        at = Math.min(at, end);
    }

    /** The index behind the closing quote, or beyond the end where there is none. */
    private int closing(int open, char quote, boolean escapes) {
        for (int i = open + 1; i < end; i++) {
            char c = sql.charAt(i);
            if (c == '\\' && escapes) {
                i++;
            } else if (c == quote) {
                if (peek(i + 1) != quote) {
                    return i + 1;
                }
                i++;
            }
        }
        return end + 1;
    }

    /** Whether every literal from here on comes to an end. */
    private boolean fits(int from, boolean escapes) {
        int i = from;
        while (i < end) {
            i = sql.charAt(i) == '\'' ? closing(i, '\'', escapes) : i + 1;
        }
        return i == end;
    }

    /** Oracle's {@code q'[…]'}: behind it, or false where it is none. */
    boolean skipAlternativeQuote() {
        char open = peek(at + 1);
        char close = switch (open) {
            case '[' -> ']';
            case '(' -> ')';
            case '{' -> '}';
            case '<' -> '>';
            default -> open;
        };
        if (open == '\0' || open == '\'' || Character.isWhitespace(open)) {
            return false;
        }
        int found = sql.indexOf(close + "'", at + 2);
        at = found < 0 ? end : found + 2;
        return true;
    }

    /** {@code $tag$ … $tag$}: behind it, or false where it is none. */
    boolean skipDollarQuote() {
        int i = at + 1;
        if (digitAt(i)) {
            return false;
        }
        while (i < end && sql.charAt(i) != '$') {
            if (!wordAt(i)) {
                return false;
            }
            i++;
        }
        if (i >= end) {
            return false;
        }
        String tag = sql.substring(at, i + 1);
        int close = sql.indexOf(tag, i + 1);
        at = close < 0 ? end : close + tag.length();
        return true;
    }

    void skipName(char close) {
        int i = at + 1;
        while (i < end) {
            if (sql.charAt(i) == close) {
                if (peek(i + 1) != close) {
                    at = i + 1;
                    return;
                }
                i++;
            }
            i++;
        }
        at = end;
    }

    /** Whether brackets from here may be a name or an index, and a quote in them reads otherwise in each. */
    boolean bracketIsAmbiguous() {
        int quotes = 0;
        for (int i = at + 1; i < end && sql.charAt(i) != ']'; i++) {
            if (sql.charAt(i) == '\'') {
                quotes++;
            }
        }
        return quotes % 2 == 1;
    }
}

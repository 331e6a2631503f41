package io.perfkit.monitoring;

/**
 * Folds SQL to the form that texts differing only in their values share: literals and numbered placeholders become
 * {@code ?}, lists of them {@code (?)}, runs of such lists (the rows of an insert) one, comments go, white space shrinks.
 *
 * <p>One pass over the characters, no grammar: it must work for every database and on text that none of them accepts.
 * Where dialects disagree it folds more rather than less, since a value must never leak into a log: whether a backslash
 * escapes a quote depends on the server, so a literal with a backslash before a quote swallows the rest of the text.
 * Double quotes and backticks enclose names, as in the standard. Case is kept. Linear in the length of the text, which
 * is cut at {@value #LONGEST_INPUT} characters.
 */
final class SqlFingerprint {
    static final int LONGEST_INPUT = 20_000;
    static final int LONGEST = 2_000;

    private final String sql;
    private final int end;
    private final StringBuilder out;
    private int at;
    private boolean gap;

    private SqlFingerprint(String sql) {
        this.sql = sql;
        this.end = Math.min(sql.length(), LONGEST_INPUT);
        this.out = new StringBuilder(Math.min(end, LONGEST) + 16);
    }

    static String of(String sql) {
        return new SqlFingerprint(sql).fold();
    }

    private String fold() {
        while (at < end && out.length() < LONGEST) {
            char c = sql.charAt(at);
            if (Character.isWhitespace(c)) {
                at++;
                gap = true;
            } else if (startsWith("--")) {
                skipTo("\n");
            } else if (startsWith("/*")) {
                skipTo("*/");
            } else if (c == '\'') {
                skipQuoted();
                value();
            } else if (c == '$' && dollarQuoted()) {
                value();
            } else if ((c == '$' || c == '?') && digitAt(at + 1)) {
                at++;
                skipWord();
                value();
            } else if (digitAt(at) || (c == '.' && digitAt(at + 1))) {
                skipNumber();
                value();
            } else if (c == '"' || c == '`') {
                name(c);
            } else if (wordAt(at)) {
                word();
            } else {
                symbol(c);
            }
        }
        if (out.length() > LONGEST) {
            out.setLength(LONGEST);
        }
        return out.toString();
    }

    private void word() {
        int from = at;
        skipWord();
        boolean prefix = at < end && sql.charAt(at) == '\'' && at - from <= 2; // N'…', E'…', X'…', U&'…'
        if (!prefix) {
            token(sql, from, at);
        }
    }

    private void name(char quote) {
        int from = at;
        int close = sql.indexOf(quote, at + 1);
        at = close < 0 || close >= end ? end : close + 1;
        token(sql, from, at);
    }

    private void symbol(char c) {
        at++;
        if (c == '?') {
            value();
        } else if (c == ')') {
            closeList();
        } else if (c == ',' || c == ';') {
            out.append(c);
            gap = true;
        } else {
            space();
            out.append(c);
        }
    }

    private void token(CharSequence text, int from, int to) {
        space();
        out.append(text, from, to);
    }

    private void value() {
        dropSign();
        if (endsWith("?,")) {
            out.setLength(out.length() - 1); // one more of a list: "?," and this one are "?"
            gap = false;
            return;
        }
        space();
        out.append('?');
    }

    /** {@code -1} is a value as a whole where no operand stands before the sign. */
    private void dropSign() {
        int sign = out.length() - 1;
        if (gap || sign < 1 || (out.charAt(sign) != '-' && out.charAt(sign) != '+')) {
            return;
        }
        boolean spaced = out.charAt(sign - 1) == ' ';
        int operand = spaced ? sign - 2 : sign - 1;
        if (operand >= 0 && "(,=<>".indexOf(out.charAt(operand)) >= 0) {
            out.setLength(operand + 1);
            gap = spaced;
        }
    }

    private void closeList() {
        gap = false;
        out.append(')');
        if (endsWith("(?)")) {
            int before = out.length() - 3;
            if (before > 0 && out.charAt(before - 1) == ' ') {
                before--;
            }
            if (before >= 4 && out.substring(before - 4, before).equals("(?),")) {
                out.setLength(before - 1);
            }
        }
        gap = false;
    }

    private void space() {
        if (gap && out.length() > 0 && last() != '(') {
            out.append(' ');
        }
        gap = false;
    }

    private char last() {
        return out.charAt(out.length() - 1);
    }

    private boolean endsWith(String suffix) {
        int from = out.length() - suffix.length();
        return from >= 0 && out.indexOf(suffix, from) == from;
    }

    private void skipQuoted() {
        int i = at + 1;
        while (i < end) {
            char c = sql.charAt(i);
            if (c == '\\' && i + 1 < end && sql.charAt(i + 1) == '\'') {
                at = end;
                return;
            }
            if (c == '\'') {
                if (i + 1 < end && sql.charAt(i + 1) == '\'') {
                    i++;
                } else {
                    at = i + 1;
                    return;
                }
            }
            i++;
        }
        at = end;
    }

    private boolean dollarQuoted() {
        int i = at + 1;
        while (i < end && sql.charAt(i) != '$') {
            if (!wordAt(i) || (i == at + 1 && digitAt(i))) {
                return false;
            }
            i++;
        }
        if (i >= end) {
            return false;
        }
        String tag = sql.substring(at, i + 1);
        int close = sql.indexOf(tag, i + 1);
        at = close < 0 || close >= end ? end : Math.min(end, close + tag.length());
        return true;
    }

    private void skipNumber() {
        while (at < end && (wordAt(at) || sql.charAt(at) == '.' || signOfExponent())) {
            at++;
        }
    }

    private boolean signOfExponent() {
        char c = sql.charAt(at);
        char before = sql.charAt(at - 1);
        return (c == '-' || c == '+') && (before == 'e' || before == 'E') && digitAt(at + 1);
    }

    private void skipWord() {
        while (at < end && (wordAt(at) || sql.charAt(at) == '$')) {
            at++;
        }
    }

    private void skipTo(String close) {
        int found = sql.indexOf(close, at + 2);
        at = found < 0 ? end : Math.min(end, found + close.length());
        gap = true;
    }

    private boolean startsWith(String prefix) {
        return sql.startsWith(prefix, at);
    }

    private boolean digitAt(int index) {
        return index < end && sql.charAt(index) >= '0' && sql.charAt(index) <= '9';
    }

    private boolean wordAt(int index) {
        return Character.isLetterOrDigit(sql.charAt(index)) || sql.charAt(index) == '_';
    }
}

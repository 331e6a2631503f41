package io.perfkit.monitoring;

/**
 * Takes off the comments that tracing tools put at the end or the beginning of a statement (sqlcommenter, Hibernate's and
 * marginalia's), before the text is looked up: they differ each time. A hint stays.
 *
 * <p>Searches forwards only, even for the last of something: that is what a JVM does many characters at a time, so that a
 * comment of a thousand characters costs a tenth of a microsecond.
 */
final class TraceComments {
    /** Of one end; who writes more gets his text looked at as a whole. */
    private static final int MOST = 4;

    private TraceComments() {}

    static String without(String sql) {
        int length = sql.length();
        char last = length == 0 ? ' ' : sql.charAt(length - 1);
        if (last != '/' && last > ' ' && last != ';' && sql.charAt(0) != '/') {
            return sql; // by far the most
        }
        int end = endOfStatement(sql, length);
        int from = startOfStatement(sql, end);
        if (from > 0) {
            end = visibleEnd(sql, end);
        }
        return (end == length && from == 0) || end <= from ? sql : sql.substring(from, end);
    }

    /** Behind the statement, before the comments at its end; the length where there are none. */
    private static int endOfStatement(String sql, int length) {
        int end = length;
        int visible = visibleEnd(sql, length);
        for (int i = 0; i < MOST && visible >= 4 && isClosed(sql, visible); i++) {
            int open = lastOpening(sql, visible - 4);
            if (open < 0 || isObeyed(sql, open) || !isOutsideOfQuotes(sql, open, visible)) {
                return end;
            }
            visible = visibleEnd(sql, open);
            end = visible;
        }
        return end;
    }

    private static int startOfStatement(String sql, int end) {
        int from = 0;
        for (int i = 0; i < MOST && sql.startsWith("/*", from) && !isObeyed(sql, from); i++) {
            int close = sql.indexOf("*/", from + 2);
            int nested = sql.indexOf("/*", from + 2);
            if (close < 0 || close + 2 >= end || (nested >= 0 && nested < close)) {
                return from; // not closed, nothing but comment, or one that may nest
            }
            from = close + 2;
            while (from < end && sql.charAt(from) <= ' ') {
                from++;
            }
        }
        return from;
    }

    private static boolean isClosed(String sql, int end) {
        return sql.charAt(end - 1) == '/' && sql.charAt(end - 2) == '*';
    }

    private static int lastOpening(String sql, int atMost) {
        int found = -1;
        for (int next = sql.indexOf("/*"); next >= 0 && next <= atMost; next = sql.indexOf("/*", next + 1)) {
            found = next;
        }
        return found;
    }

    /** What begins within quotes holds their end, and so an odd number of them. */
    private static boolean isOutsideOfQuotes(String sql, int open, int end) {
        return isEven(sql, '\'', open, end) && isEven(sql, '"', open, end);
    }

    private static boolean isEven(String sql, char quote, int from, int to) {
        int number = 0;
        for (int next = sql.indexOf(quote, from); next >= 0 && next < to; next = sql.indexOf(quote, next + 1)) {
            number++;
        }
        return number % 2 == 0;
    }

    private static boolean isObeyed(String sql, int open) {
        char kind = open + 2 < sql.length() ? sql.charAt(open + 2) : ' ';
        return kind == '+' || kind == '!';
    }

    private static int visibleEnd(String sql, int end) {
        int i = end;
        while (i > 0 && (sql.charAt(i - 1) <= ' ' || sql.charAt(i - 1) == ';')) {
            i--;
        }
        return i;
    }
}

package io.perfkit.monitoring;

/**
 * Takes off the comment that tracing tools put at the end or the beginning of a statement (sqlcommenter, Hibernate's and
 * marginalia's), before the text is looked up: it differs each time. A hint stays.
 */
final class TraceComments {
    private TraceComments() {}

    static String without(String sql) {
        int end = sql.length();
        int last = end == 0 ? ' ' : sql.charAt(end - 1);
        if (last != '/' && last > ' ' && last != ';' && sql.charAt(0) != '/') {
            return sql; // by far the most
        }
        end = visibleEnd(sql, end);
        if (end >= 4 && sql.charAt(end - 1) == '/' && sql.charAt(end - 2) == '*') {
            int open = sql.lastIndexOf("/*", end - 4);
            if (open >= 0 && !isObeyed(sql, open)) {
                end = visibleEnd(sql, open);
            }
        }
        int from = 0;
        if (sql.startsWith("/*") && !isObeyed(sql, 0)) {
            int close = sql.indexOf("*/", 2);
            if (close > 0 && close + 2 < end && sql.lastIndexOf("/*", close) == 0) {
                from = close + 2;
            }
        }
        while (from < end && sql.charAt(from) <= ' ') {
            from++;
        }
        return end - from == sql.length() || end <= from ? sql : sql.substring(from, end);
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

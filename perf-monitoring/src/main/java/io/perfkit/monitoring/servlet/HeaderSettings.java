package io.perfkit.monitoring.servlet;

import io.perfkit.monitoring.DatabaseTimes;
import io.perfkit.monitoring.RequestScope;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.List;

/** Which headers to send, and what is in them. */
record HeaderSettings(boolean responseTime, boolean serverTiming, boolean developerHeaders, boolean panel) {
    private static final String SERVER_TIMING = "Server-Timing";

    /**
     * Sets them, beside what the application has set itself.
     *
     * @param before the value of {@code Server-Timing} that was written the last time
     * @return the one that is written now
     */
    String write(RequestScope scope, HttpServletResponse response, String before) {
        long nanos = scope.elapsed().toNanos();
        if (responseTime) {
            response.setHeader("X-Response-Time", millis(nanos) + "ms");
        }
        String timing = "";
        if (serverTiming) {
            timing = serverTiming(nanos, scope);
            List<String> others = new ArrayList<>(response.getHeaders(SERVER_TIMING));
            others.remove(before);
            response.setHeader(SERVER_TIMING, timing);
            others.forEach(other -> response.addHeader(SERVER_TIMING, other));
        }
        if (developerHeaders) {
            response.setHeader("X-Query-Count", Long.toString(scope.queries()));
            response.setHeader(
                    "X-Query-Time-Micros", Long.toString(scope.databaseTime().toNanos() / 1_000));
            scope.allocatedBytes().ifPresent(bytes -> response.setHeader("X-Allocated-Bytes", Long.toString(bytes)));
        }
        if (panel) {
            response.setHeader(PanelHeader.NAME, PanelHeader.json(scope));
        }
        return timing;
    }

    private static String serverTiming(long nanos, RequestScope scope) {
        DatabaseTimes times = scope.databaseTimes();
        return "total;dur=" + millis(nanos) + ", db;dur=" + millis(times.total().toNanos()) + ";desc=\""
                + scope.queries() + " queries\"";
    }

    /** Milliseconds with three decimals; by hand, since a formatter takes longer than the rest of the filter. */
    private static String millis(long nanos) {
        long micros = nanos / 1_000;
        String fraction = Long.toString(1_000 + micros % 1_000).substring(1);
        return (micros / 1_000) + "." + fraction;
    }
}

package io.perfkit.monitoring.servlet;

import io.perfkit.monitoring.RequestScope;
import jakarta.servlet.http.HttpServletResponse;

/** Which headers to send, and what is in them. */
record HeaderSettings(boolean responseTime, boolean serverTiming, boolean developerHeaders) {

    void write(RequestScope scope, HttpServletResponse response) {
        long nanos = scope.elapsed().toNanos();
        if (responseTime) {
            response.setHeader("X-Response-Time", millis(nanos) + "ms");
        }
        if (serverTiming) {
            response.setHeader(
                    "Server-Timing",
                    "total;dur=" + millis(nanos) + ", db;dur="
                            + millis(scope.databaseTime().toNanos()) + ";desc=\"" + scope.queries() + " queries\"");
        }
        if (developerHeaders) {
            response.setHeader("X-Query-Count", Long.toString(scope.queries()));
            response.setHeader(
                    "X-Query-Time-Micros", Long.toString(scope.databaseTime().toNanos() / 1_000));
            scope.allocatedBytes().ifPresent(bytes -> response.setHeader("X-Allocated-Bytes", Long.toString(bytes)));
        }
    }

    /** Milliseconds with three decimals; by hand, since a formatter takes longer than the rest of the filter. */
    private static String millis(long nanos) {
        long micros = nanos / 1_000;
        String fraction = Long.toString(1_000 + micros % 1_000).substring(1);
        return (micros / 1_000) + "." + fraction;
    }
}

package io.perfkit.monitoring.servlet;

import io.perfkit.monitoring.DatabaseTimes;
import io.perfkit.monitoring.Finding;
import io.perfkit.monitoring.RequestScope;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What the panel tells, as JSON that fits into a header: the times, and the worst findings with their lines. ASCII only, no
 * values, and never longer than a container's limit on headers allows.
 */
final class PanelHeader {
    static final String NAME = "X-Perfkit";

    private static final int MAXIMUM_FINDINGS = 5;
    private static final int MAXIMUM_TEXT = 160;

    /** A container allows 8 kB for all headers; where every character is escaped, a finding takes two of them. */
    private static final int FULL = 2_048;

    private PanelHeader() {}

    static String json(RequestScope scope) {
        DatabaseTimes times = scope.databaseTimes();
        StringBuilder out = new StringBuilder(512);
        out.append("{\"totalMillis\":")
                .append(millis(scope.elapsed()))
                .append(",\"queries\":")
                .append(scope.queries())
                .append(",\"rows\":")
                .append(scope.rowsFetched())
                .append(",\"databaseMillis\":{\"total\":")
                .append(millis(times.total()))
                .append(",\"acquire\":")
                .append(millis(times.acquire()))
                .append(",\"execute\":")
                .append(millis(times.execute()))
                .append(",\"fetch\":")
                .append(millis(times.fetch()))
                .append(",\"transaction\":")
                .append(millis(times.transaction()))
                .append("},\"outboundCalls\":")
                .append(scope.outboundCalls())
                .append(",\"outboundMillis\":")
                .append(millis(scope.outboundTime()))
                .append(",\"findings\":[");
        List<Finding> findings = scope.findings();
        int shown = 0;
        while (shown < Math.min(findings.size(), MAXIMUM_FINDINGS) && out.length() < FULL) {
            Finding finding = findings.get(shown);
            out.append(shown == 0 ? "" : ",")
                    .append("{\"kind\":\"")
                    .append(finding.kind().name())
                    .append("\",\"count\":")
                    .append(finding.count())
                    .append(",\"subject\":");
            string(finding.subject(), out);
            out.append(",\"at\":");
            string(finding.where(), out);
            out.append('}');
            shown++;
        }
        out.append(']');
        if (shown < findings.size()) {
            out.append(",\"moreFindings\":").append(findings.size() - shown);
        }
        return out.append('}').toString();
    }

    private static String millis(Duration time) {
        return String.format(Locale.ROOT, "%.3f", time.toNanos() / 1e6);
    }

    private static void string(String text, StringBuilder out) {
        out.append('"');
        int end = Math.min(text.length(), MAXIMUM_TEXT);
        for (int i = 0; i < end; i++) {
            char character = text.charAt(i);
            if (character == '"' || character == '\\') {
                out.append('\\').append(character);
            } else if (character >= ' ' && character < 0x7f) {
                out.append(character);
            } else {
                out.append(String.format(Locale.ROOT, "\\u%04x", (int) character));
            }
        }
        out.append(end < text.length() ? "..." : "").append('"');
    }
}

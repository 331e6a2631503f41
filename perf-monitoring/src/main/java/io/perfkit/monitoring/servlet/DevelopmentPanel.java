package io.perfkit.monitoring.servlet;

import io.perfkit.monitoring.DatabaseTimes;
import io.perfkit.monitoring.Finding;
import io.perfkit.monitoring.RequestScope;
import io.perfkit.monitoring.ScopeQuery;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * The panel as HTML: the split of the time, the findings with their lines, the queries. Queries show as fingerprints, so no
 * value is in it. It lives in a shadow root of its own, so that neither the page's styles reach it nor its own the page, and
 * it needs no script. The styles are on an element within, since a rule of the page for all elements would win on the host.
 * All of it is ASCII, which every charset of a page has but for the wide ones.
 */
final class DevelopmentPanel {
    private static final int MAXIMUM_QUERIES = 30;
    private static final int MAXIMUM_FINDINGS = 20;
    private static final int MAXIMUM_TEXT = 400;

    private static final String STYLE = ".r{position:fixed;right:12px;bottom:12px;z-index:2147483647;"
            + "max-width:min(720px,calc(100vw - 24px));font:13px/1.45 system-ui,sans-serif;color:#1c2733;color-scheme:light}"
            + "details{background:#fff;border:1px solid #b8c4d0;border-radius:8px;box-shadow:0 2px 12px rgba(0,0,0,.2)}"
            + "summary{cursor:pointer;padding:6px 12px;font-weight:600;border-radius:8px}"
            + "summary.f{background:#fff2d6}"
            + ".b{padding:0 12px 10px;max-height:60vh;overflow:auto}"
            + "h2{font-size:13px;margin:12px 0 4px}"
            + "p{margin:4px 0}table{border-collapse:collapse;width:100%}"
            + "th,td{text-align:left;vertical-align:top;padding:3px 8px 3px 0;border-top:1px solid #e3e8ee}"
            + "th{font-weight:600;border-top:0}.n{text-align:right;white-space:nowrap}"
            + "code{font:12px ui-monospace,monospace;overflow-wrap:anywhere}"
            + ".x{color:#8a4b00}"
            + "@media(prefers-color-scheme:dark){.r{color:#dfe6ee;color-scheme:dark}"
            + "details{background:#1b232c;border-color:#44505c}summary.f{background:#4a3708}"
            + "th,td{border-color:#33404c}.x{color:#ffc46b}}"
            + "@media print{.r{display:none}}";

    private final StringBuilder out = new StringBuilder(4_096);

    private DevelopmentPanel() {}

    /** The panel of a request so far. */
    static String html(RequestScope scope, String endpoint) {
        DevelopmentPanel panel = new DevelopmentPanel();
        panel.write(scope, endpoint);
        return panel.out.toString();
    }

    private void write(RequestScope scope, String endpoint) {
        List<Finding> findings = scope.findings();
        out.append("\n<perfkit-panel><template shadowrootmode=\"open\"><style>")
                .append(STYLE)
                .append("</style><div class=\"r\"><details><summary")
                .append(findings.isEmpty() ? "" : " class=\"f\"")
                .append('>')
                .append(millis(scope.elapsed()))
                .append(" &#183; ")
                .append(counted(scope.queries(), "query", "queries"))
                .append(", ")
                .append(millis(scope.databaseTime()));
        if (!findings.isEmpty()) {
            out.append(" &#183; ").append(counted(findings.size(), "finding", "findings"));
        }
        out.append("</summary><div class=\"b\"><p>");
        text(endpoint);
        out.append("</p>");
        split(scope);
        findings(findings);
        queries(scope);
        out.append("</div></details></div></template></perfkit-panel>\n");
    }

    private void split(RequestScope scope) {
        DatabaseTimes times = scope.databaseTimes();
        out.append("<h2>Where the time went</h2><table>");
        row("the request so far", scope.elapsed());
        row("waiting for a connection", times.acquire());
        row("executing", times.execute());
        row("fetching " + counted(scope.rowsFetched(), "row", "rows"), times.fetch());
        row("commit and rollback", times.transaction());
        if (scope.outboundCalls() > 0) {
            row(counted(scope.outboundCalls(), "call", "calls") + " of other services", scope.outboundTime());
        }
        out.append("</table>");
    }

    private void row(String name, Duration time) {
        out.append("<tr><td>")
                .append(name)
                .append("</td><td class=\"n\">")
                .append(millis(time))
                .append("</td></tr>");
    }

    private void findings(List<Finding> findings) {
        if (findings.isEmpty()) {
            return;
        }
        out.append("<h2>Findings</h2>");
        for (Finding finding : findings.subList(0, Math.min(findings.size(), MAXIMUM_FINDINGS))) {
            out.append("<p><b class=\"x\">")
                    .append(finding.kind().name())
                    .append("</b> ")
                    .append(finding.count())
                    .append(finding.kind() == Finding.Kind.UNBOUNDED_SELECT ? " rows of " : " times ")
                    .append("<code>");
            text(finding.subject());
            out.append("</code><br>at <code>");
            text(finding.chain().isEmpty() ? finding.where() : String.join(" < ", finding.chain()));
            out.append("</code><br>");
            text(finding.fix());
            out.append("</p>");
        }
        more(findings.size() - MAXIMUM_FINDINGS, "findings");
    }

    private void queries(RequestScope scope) {
        List<ScopeQuery> queries = scope.breakdown().stream()
                .sorted(Comparator.comparing(ScopeQuery::totalTime).reversed())
                .toList();
        if (queries.isEmpty()) {
            return;
        }
        out.append("<h2>Queries, the most time first</h2><table><tr><th class=\"n\">times</th><th class=\"n\">rows</th>"
                + "<th class=\"n\">time</th><th>query</th></tr>");
        for (ScopeQuery query : queries.subList(0, Math.min(queries.size(), MAXIMUM_QUERIES))) {
            out.append("<tr><td class=\"n\">")
                    .append(query.count())
                    .append("</td><td class=\"n\">")
                    .append(query.rows())
                    .append("</td><td class=\"n\">")
                    .append(millis(query.totalTime()))
                    .append("</td><td><code>");
            text(query.fingerprint());
            out.append("</code></td></tr>");
        }
        out.append("</table>");
        more(queries.size() - MAXIMUM_QUERIES, "queries");
    }

    private void more(int number, String what) {
        if (number > 0) {
            out.append("<p>and ").append(number).append(" more ").append(what).append("</p>");
        }
    }

    private static String counted(long number, String one, String many) {
        return number + " " + (number == 1 ? one : many);
    }

    private static String millis(Duration time) {
        return String.format(Locale.ROOT, "%.1f ms", time.toNanos() / 1e6);
    }

    /** Names of tables and columns, and of classes, may contain anything. */
    private void text(String text) {
        int end = Math.min(text.length(), MAXIMUM_TEXT);
        text.substring(0, end).codePoints().forEach(this::character);
        if (end < text.length()) {
            out.append("&#8230;");
        }
    }

    private void character(int character) {
        boolean plain = character >= ' '
                && character < 0x7f
                && character != '<'
                && character != '>'
                && character != '&'
                && character != '"'
                && character != '\'';
        if (plain) {
            out.append((char) character);
        } else if (character < ' ' || character == 0x7f || (character >= 0xd800 && character <= 0xdfff)) {
            out.append(' ');
        } else {
            out.append("&#").append(character).append(';');
        }
    }
}

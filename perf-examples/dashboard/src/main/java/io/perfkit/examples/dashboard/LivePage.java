package io.perfkit.examples.dashboard;

import io.perfkit.examples.dashboard.http.Endpoint;
import io.perfkit.examples.dashboard.http.HttpSide;
import io.perfkit.examples.dashboard.measure.Html;
import io.perfkit.examples.dashboard.shop.Shop;
import io.perfkit.examples.dashboard.stories.Story;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.TimingStats;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The page of {@code serve}: the stories, their endpoints to try, and what perf-monitoring saw of them so far. */
final class LivePage {

    /** One endpoint as the page shows it, over the last quarter of an hour. */
    record Live(String name, long count, long errors, double p50Millis, double p95Millis, double p99Millis) {}

    private final List<Story> stories;
    private final Shop shop;

    LivePage(List<Story> stories, Shop shop) {
        this.stories = stories;
        this.shop = shop;
    }

    void register(HttpSide http) {
        http.get("/live", query -> live());
        http.get("", query -> new Endpoint.Page("text/html", page()));
    }

    private Map<String, List<Live>> live() {
        Map<String, List<Live>> sides = new LinkedHashMap<>();
        sides.put("before", endpoints(shop.before().monitor()));
        sides.put("after", endpoints(shop.after().monitor()));
        return sides;
    }

    private static List<Live> endpoints(PerformanceMonitor monitor) {
        List<Live> endpoints = new ArrayList<>();
        for (TimingStats timing : monitor.endpoints()) {
            endpoints.add(new Live(
                    timing.name(),
                    timing.count(),
                    timing.errors(),
                    timing.p50().toNanos() / 1e6,
                    timing.p95().toNanos() / 1e6,
                    timing.p99().toNanos() / 1e6));
        }
        return endpoints;
    }

    private String page() {
        StringBuilder html = new StringBuilder("<header><h1>One slow application, before and after perfkit</h1>");
        html.append(
                        "<p>Both sides run on the same PostgreSQL, the same data and the same indexes. Open an endpoint, or")
                .append(
                        " send it a few requests, and watch the figures that perf-monitoring takes of it.</p></header>");
        for (Story story : stories) {
            html.append("<section><h2>").append(Html.escape(story.name())).append("</h2>");
            html.append("<p><b class=\"before\">Before</b> ")
                    .append(Html.escape(story.fault()))
                    .append("</p>");
            html.append("<p><b class=\"after\">After</b> ")
                    .append(Html.escape(story.repair()))
                    .append("</p>");
            html.append("<table class=\"live\"><thead><tr><th>endpoint</th><th></th><th>requests</th><th>errors</th>")
                    .append("<th>p50</th><th>p95</th><th>p99</th><th>queries</th><th>bytes</th></tr></thead><tbody>");
            story.links().forEach(link -> row(html, link));
            html.append("</tbody></table></section>");
        }
        html.append("<script>").append(Html.resource("live.js")).append("</script>");
        return Html.page("perfkit dashboard: live", html.toString());
    }

    private static void row(StringBuilder html, String link) {
        String side = link.startsWith("/before/") ? "before" : "after";
        String escaped = Html.escape(link);
        html.append("<tr data-path=\"")
                .append(escaped)
                .append("\"><th><a class=\"")
                .append(side);
        html.append("\" href=\"").append(escaped).append("\">").append(escaped).append("</a></th>");
        html.append(link.contains("/feed") ? "<td></td>" : "<td><button>send 10</button></td>");
        for (String name : List.of("requests", "errors", "p50", "p95", "p99", "queries", "bytes")) {
            html.append("<td data-name=\"").append(name).append("\">-</td>");
        }
        html.append("</tr>");
    }
}

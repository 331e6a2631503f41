package io.perfkit.examples.dashboard.measure;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes the report: one file with everything inside, readable on a phone, in light and dark, without a network. */
public final class HtmlReport {

    private final List<StoryResult> stories;
    private final Map<String, String> facts;

    /**
     * A report.
     *
     * @param stories what was measured
     * @param facts machine, versions and sizes, by name, in the order to show them
     */
    public HtmlReport(List<StoryResult> stories, Map<String, String> facts) {
        this.stories = stories;
        this.facts = facts;
    }

    public String render() {
        StringBuilder html = new StringBuilder();
        long budgets = stories.stream().mapToLong(s -> s.budgets().size()).sum();
        long missed = stories.stream()
                .flatMap(s -> s.budgets().stream())
                .filter(budget -> !budget.met())
                .count();
        html.append("<header><h1>One slow application, before and after perfkit</h1><p>Both sides run the same")
                .append(" PostgreSQL, the same data and the same indexes; every figure was taken over HTTP.</p>");
        html.append(String.format(
                Locale.ROOT,
                "<p class=\"verdict %s\">%s</p></header>",
                missed == 0 ? "good" : "bad",
                missed == 0 ? "All " + budgets + " budgets met" : missed + " of " + budgets + " budgets missed"));
        overview(html);
        for (StoryResult story : stories) {
            story(html, story);
        }
        html.append("<section><h2>Where and with what</h2><dl>");
        facts.forEach((name, value) -> html.append("<dt>")
                .append(Html.escape(name))
                .append("</dt><dd>")
                .append(Html.escape(value))
                .append("</dd>"));
        html.append("</dl></section>");
        return Html.page("perfkit dashboard: before and after", html.toString());
    }

    /** Every repaired run beside the one it replaces, on one logarithmic scale. */
    private void overview(StringBuilder html) {
        List<Row> compared = stories.stream()
                .flatMap(story -> story.rows().stream())
                .filter(row -> row.reference() != null)
                .toList();
        double fastest = Double.MAX_VALUE;
        double slowest = 0;
        for (Row row : compared) {
            Figures before = reference(row);
            fastest = Math.min(fastest, Math.min(row.figures().p95Nanos(), before.p95Nanos()));
            slowest = Math.max(slowest, Math.max(row.figures().p95Nanos(), before.p95Nanos()));
        }
        double low = Math.pow(10, Math.floor(Math.log10(fastest)));
        double decades = Math.max(1, Math.ceil(Math.log10(slowest / low)));
        html.append("<section><h2>95 of 100 clients had their answer within</h2><div class=\"legend\">")
                .append("<span class=\"before\">before</span><span class=\"after\">after</span></div>")
                .append("<div class=\"overview\">");
        for (StoryResult story : stories) {
            for (Row row : story.rows()) {
                if (row.reference() != null) {
                    dumbbell(html, story.name(), row, low, decades);
                }
            }
        }
        html.append("<div class=\"scale\"><span></span><span class=\"track\">");
        for (int decade = 0; decade <= decades; decade++) {
            html.append(String.format(
                    Locale.ROOT,
                    "<i style=\"left:%.2f%%\">%s</i>",
                    100 * decade / decades,
                    power(low * Math.pow(10, decade))));
        }
        html.append("</span><span></span></div></div>");
        Table.LEGEND.forEach(line ->
                html.append("<p class=\"note\">").append(Html.escape(line)).append("</p>"));
        html.append("</section>");
    }

    private static void dumbbell(StringBuilder html, String story, Row row, double low, double decades) {
        Figures before = reference(row);
        double from = 100 * Math.log10(row.figures().p95Nanos() / low) / decades;
        double to = 100 * Math.log10(before.p95Nanos() / low) / decades;
        String title = Units.nanos(before.p95Nanos()) + " → "
                + Units.nanos(row.figures().p95Nanos());
        html.append("<div class=\"pair\"><span class=\"name\">")
                .append(Html.escape(story))
                .append(" <small>")
                .append(Html.escape(row.figures().label()))
                .append(failed(before))
                .append("</small></span>");
        html.append(String.format(
                Locale.ROOT,
                "<svg class=\"track\" height=\"20\" role=\"img\"><title>%5$s</title>"
                        + "<line class=\"grid\" x1=\"0\" x2=\"100%%\" y1=\"10\" y2=\"10\"/>"
                        + "<line class=\"bridge\" x1=\"%1$.2f%%\" x2=\"%2$.2f%%\" y1=\"10\" y2=\"10\"/>"
                        + "<circle class=\"before\" cx=\"%2$.2f%%\" cy=\"10\" r=\"6\"/>"
                        + "<circle class=\"after\" cx=\"%1$.2f%%\" cy=\"10\" r=\"6\"/></svg>"
                        + "<span class=\"times\"><b>%3$s</b> <small>%4$s</small></span></div>",
                from,
                to,
                row.ratio(),
                title,
                Html.escape(title)));
    }

    /** A side that failed is not to pass for one that was merely slow. */
    private static String failed(Figures before) {
        return before.errors() == 0
                ? ""
                : "; before, " + Html.escape(Table.percent(before)) + " of the requests failed";
    }

    private static void story(StringBuilder html, StoryResult story) {
        html.append("<section><h2>").append(Html.escape(story.name())).append("</h2>");
        if (!story.fault().isEmpty()) {
            html.append("<p><b class=\"before\">Before</b> ").append(Html.escape(story.fault()));
            html.append("</p><p><b class=\"after\">After</b> ").append(Html.escape(story.repair()));
            html.append("</p>");
        }
        table(html, story.rows());
        html.append("<div class=\"plots\">");
        story.plots().forEach(plot -> html.append(new SvgPlot(plot).render()));
        html.append("</div>");
        if (!story.budgets().isEmpty()) {
            html.append("<ul class=\"budgets\">");
            for (Budget budget : story.budgets()) {
                html.append("<li class=\"")
                        .append(budget.met() ? "good" : "bad")
                        .append("\"><span>");
                html.append(Html.escape(budget.what())).append("</span> <span>").append(Html.escape(budget.bound()));
                html.append(", measured <b>")
                        .append(Html.escape(budget.measured()))
                        .append("</b></span></li>");
            }
            html.append("</ul>");
        }
        story.notes()
                .forEach(note -> html.append("<p class=\"note\">")
                        .append(Html.escape(note))
                        .append("</p>"));
        html.append("</section>");
    }

    private static void table(StringBuilder html, List<Row> rows) {
        if (rows.isEmpty()) {
            return;
        }
        html.append("<table><thead><tr><th></th>");
        Table.HEADINGS.forEach(heading -> html.append("<th>").append(heading).append("</th>"));
        html.append("</tr></thead><tbody>");
        for (Row row : rows) {
            html.append("<tr><th>").append(Html.escape(row.figures().label())).append("</th>");
            List<String> cells = Table.cells(row);
            for (int column = 0; column < cells.size(); column++) {
                html.append("<td data-name=\"")
                        .append(Table.HEADINGS.get(column))
                        .append('"');
                html.append(column == 0 ? " class=\"" + row.figures().side() + "\"" : "")
                        .append('>');
                html.append(Html.escape(cells.get(column))).append("</td>");
            }
            html.append("</tr>");
        }
        html.append("</tbody></table>");
    }

    private static Figures reference(Row row) {
        Figures reference = row.reference();
        return reference == null ? row.figures() : reference;
    }

    /** A power of ten without decimals: the scale of the overview. */
    private static String power(double nanos) {
        double[] units = {1e9, 1e6, 1e3};
        String[] names = {"s", "ms", "µs"};
        for (int i = 0; i < units.length; i++) {
            if (nanos >= units[i] * 0.999) {
                return String.format(Locale.ROOT, "%.0f %s", nanos / units[i], names[i]);
            }
        }
        return String.format(Locale.ROOT, "%.0f ns", nanos);
    }
}

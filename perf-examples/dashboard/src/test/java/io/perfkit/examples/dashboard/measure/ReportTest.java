package io.perfkit.examples.dashboard.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {

    private static final Figures BEFORE =
            figures("page <1>", Side.BEFORE, new Figures.Counts(5, 1, 0, 0.51), new Times(1.5e9, 2.5e9, 2.6e9, 2.7e9));
    private static final Figures AFTER =
            figures("cached", Side.AFTER, new Figures.Counts(1_282, 0, 0, 593), new Times(2e6, 5e6, 9e6, 12e6));

    private static Figures figures(String label, Side side, Figures.Counts counts, Times answer) {
        double perRequest = side == Side.BEFORE ? 1 : Double.NaN;
        return new Figures(label, side, counts, answer, new Times(1, 1, 1, 1), 8_001 * perRequest, 15.3e6 * perRequest);
    }

    private static StoryResult story(Budget... budgets) {
        Plot.Line line = new Plot.Line(Side.AFTER, "after");
        line.add(1, 2e6);
        line.add(20_000, 3e6);
        Plot plot = new Plot("by depth", "page", Units::count, Units::nanos, true, List.of(line));
        return new StoryResult(
                "list",
                "slow",
                "fast",
                List.of(new Row(BEFORE, null), new Row(AFTER, BEFORE)),
                List.of(budgets),
                List.of(plot),
                List.of("a note"));
    }

    @Test
    void table_ofAStory_alignsItsColumns() {
        assertThat(Table.of(List.of(story())).lines().toList())
                .containsExactly(
                        "story           side        p50      p95      p99  ok/s  requests   errors  queries    bytes  ratio",
                        "---------------------------------------------------------------------------------------------------",
                        "list: page <1>  before   1.50 s   2.50 s   2.60 s  0.51         5  1 (20%)    8,001  15.3 MB",
                        "list: cached    after   2.00 ms  5.00 ms  9.00 ms   593     1,282        0        -        -   500×",
                        "p50, p95, p99: until a client had a successful answer; what failed before it, and trying again,"
                                + " is in it",
                        "ok/s: successful answers per second; queries and bytes (allocated in the server): per request",
                        "ratio: p95 before / p95 after");
    }

    @Test
    void table_fewErrors_areNotRoundedAway() {
        Figures few = figures("few", Side.BEFORE, new Figures.Counts(10_000, 1, 0, 5), new Times(1, 1, 1, 1));
        assertThat(Table.cells(new Row(few, null))).contains("1 (<1%)");
    }

    @Test
    void render_aStory_isOneFileThatNeedsNoNetwork() {
        String html = new HtmlReport(List.of(story()), Map.of("Java", "17 & more")).render();

        assertThat(html).startsWith("<!doctype html>").contains("<svg", "prefers-color-scheme", "viewport");
        assertThat(html).doesNotContain("src=", "href=", "url(", "@import", "http://", "https://");
    }

    @Test
    void render_textWithMarkup_isEscaped() {
        String html = new HtmlReport(List.of(story()), Map.of("Java", "17 & more")).render();

        assertThat(html).contains("page &lt;1&gt;", "17 &amp; more").doesNotContain("page <1>");
    }

    @Test
    void render_verdict_countsTheMissedBudgets() {
        Budget met = Budget.exactly("loads", 1, 1);
        Budget missed = Budget.exactly("loads", 1, 2);

        assertThat(new HtmlReport(List.of(story(met, met)), Map.of()).render()).contains("All 2 budgets met");
        assertThat(new HtmlReport(List.of(story(met, missed)), Map.of()).render())
                .contains("1 of 2 budgets missed");
    }

    @Test
    void render_overview_saysOfASideThatFailedHowOften() {
        String html = new HtmlReport(List.of(story()), Map.of()).render();

        assertThat(html).contains("cached; before, 20% of the requests failed</small>");
    }

    @Test
    void render_plotOfShares_hasRoundTicks() {
        Plot plot = new Plot(
                "shares",
                "%",
                Units::count,
                Units::nanos,
                false,
                List.of(new Times(1e6, 2e6, 3e6, 4e6).line(Side.AFTER, "after")));

        assertThat(new SvgPlot(plot).render())
                .contains("left:0.00%\">50<", "left:20.00%\">60<", "left:100.00%\">100<")
                .doesNotContain("62.5");
    }

    @Test
    void render_plot_placesPointsAndTicksOnItsScale() {
        String html = new HtmlReport(List.of(story()), Map.of()).render();

        // From 1 to 20,000, and from 1 ms to 10 ms, both logarithmic.
        assertThat(html).contains("M0.0 699.0L1000.0 522.9");
        assertThat(html).contains("top:0.00%\">10.0 ms<", "top:100.00%\">1.00 ms<", "left:0.00%\">1<");
    }
}

package io.perfkit.benchmarks;

import static io.perfkit.benchmarks.MeasurementsTest.nanos;
import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.benchmarks.Measurements.Series;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {

    private final Measurements measurements = new Measurements();

    @Test
    void rows_aPeer_isOneTabSeparatedLineWithTheRatioOfTheMedians() {
        measurements.put("cache.local_hit.1t", Side.OURS, nanos(93, 91, 89));
        measurements.put("cache.local_hit.1t", "caffeine-entry-ttl", nanos(145.2, 147.3, 148.5));

        assertThat(lines("cache.local_hit.1t\tcaffeine-entry-ttl\t0.7"))
                .containsExactly("cache.local_hit.1t\t91\tcaffeine-entry-ttl\t147\tns\t0.62\t0.60\t0.64\t<=0.70\tmet");
    }

    @Test
    void rows_aThroughput_dividesThePeerByOurs() {
        measurements.put(
                "batching.jobs_per_second", Side.OURS, new Series(new double[] {200, 220}, "ops/s", true, true));
        measurements.put(
                "batching.jobs_per_second", "db-scheduler", new Series(new double[] {100, 110}, "ops/s", true, true));

        assertThat(lines("batching.jobs_per_second\tdb-scheduler\t1.0"))
                .containsExactly(
                        "batching.jobs_per_second\t210\tdb-scheduler\t105\tops/s\t0.50\t0.50\t0.50\t<=1.00\tmet");
    }

    @Test
    void rows_anAddedName_showsWhatBothSidesAddToTheRawCall() {
        measurements.put("monitoring.statement.added", Side.OURS, nanos(150, 150));
        measurements.put("monitoring.statement.added", "datasource-proxy", nanos(450, 450));
        measurements.put("monitoring.statement.added", Side.RAW, nanos(50, 50));

        assertThat(lines("monitoring.statement.added\tdatasource-proxy\t0.25"))
                .containsExactly(
                        "monitoring.statement.added\t100\tdatasource-proxy\t400\tns\t0.25\t0.25\t0.25\t<=0.25\tmet");
    }

    @Test
    void rows_anAbsoluteBound_hasNoPeerAndNoRatio() {
        measurements.put("batching.lonely_call", Side.OURS, nanos(800, 820));

        assertThat(lines("batching.lonely_call\t-\t1000"))
                .containsExactly("batching.lonely_call\t810\t-\t-\tns\t-\t800\t820\t<=1000\tmet");
    }

    @Test
    void rows_aGrowth_isAPlainRatioWithoutAUnitOfTime() {
        measurements.put("pagination.depth_growth", Side.OURS, nanos(130, 260));
        measurements.put("pagination.depth_growth", Side.BASE, nanos(100, 200));

        assertThat(lines("pagination.depth_growth\t-\t1.5"))
                .containsExactly("pagination.depth_growth\t1.30\t-\t-\tx\t-\t1.30\t1.30\t<=1.50\tmet");
    }

    @Test
    void rows_aPeerForTheRecord_hasNoGoalAndMissesNothing() {
        measurements.put("cache.local_hit.1t", Side.OURS, nanos(200, 200));
        measurements.put("cache.local_hit.1t", "caffeine", nanos(100, 100));

        assertThat(lines("cache.local_hit.1t\tcaffeine\t-"))
                .containsExactly("cache.local_hit.1t\t200\tcaffeine\t100\tns\t2.00\t2.00\t2.00\t-\t-");
    }

    @Test
    void rows_aRatioAboveTheBoundWhoseIntervalReachesIt_isUndecided() {
        measurements.put("cache.local_hit.1t", Side.OURS, nanos(60, 75, 90));
        measurements.put("cache.local_hit.1t", "caffeine-entry-ttl", nanos(100, 90, 110));

        List<Report.Row> rows = rows("cache.local_hit.1t\tcaffeine-entry-ttl\t0.7");

        assertThat(rows.get(0).ratio()).isEqualTo("0.82");
        assertThat(verdicts("cache.local_hit.1t\tcaffeine-entry-ttl\t0.7")).containsExactly(Verdict.UNDECIDED);
    }

    @Test
    void rows_aRatioWhoseWholeIntervalIsAboveTheBound_isMissed() {
        measurements.put("cache.local_hit.1t", Side.OURS, nanos(80, 81, 82));
        measurements.put("cache.local_hit.1t", "caffeine-entry-ttl", nanos(100, 101, 102));

        assertThat(verdicts("cache.local_hit.1t\tcaffeine-entry-ttl\t0.7")).containsExactly(Verdict.MISSED);
    }

    @Test
    void rows_anOwnValueAboveItsAbsoluteBound_isMissed() {
        measurements.put("batching.lonely_call", Side.OURS, nanos(1_001, 1_003));

        assertThat(verdicts("batching.lonely_call\t-\t1000")).containsExactly(Verdict.MISSED);
    }

    @Test
    void rows_anOwnValueOnBothSidesOfItsAbsoluteBound_isUndecided() {
        measurements.put("batching.lonely_call", Side.OURS, nanos(900, 950, 1_003));

        assertThat(verdicts("batching.lonely_call\t-\t1000")).containsExactly(Verdict.UNDECIDED);
    }

    @Test
    void rows_aPeerThatStillBecameFaster_isUndecided() {
        measurements.put("cache.local_hit.1t", Side.OURS, nanos(50, 50, 50));
        measurements.put(
                "cache.local_hit.1t",
                "caffeine-entry-ttl",
                new Series(new double[] {100, 100, 100}, "ns/op", false, false));

        assertThat(verdicts("cache.local_hit.1t\tcaffeine-entry-ttl\t0.7")).containsExactly(Verdict.UNDECIDED);
    }

    @Test
    void rows_aRawCallThatStillBecameFaster_isUndecided() {
        measurements.put("monitoring.statement.added", Side.OURS, nanos(150, 150));
        measurements.put("monitoring.statement.added", "p6spy", nanos(950, 950));
        measurements.put(
                "monitoring.statement.added", Side.RAW, new Series(new double[] {50, 50}, "ns/op", false, false));

        assertThat(verdicts("monitoring.statement.added\tp6spy\t0.5")).containsExactly(Verdict.UNDECIDED);
    }

    @Test
    void rows_aLineOrAPeerWithoutABenchmark_isAbsent() {
        assertThat(lines("cache.local_hit.1t\tcaffeine-entry-ttl\t0.7"))
                .containsExactly("cache.local_hit.1t\t-\tcaffeine-entry-ttl\t-\t-\t-\t-\t-\t<=0.70\tabsent");
        measurements.put("cache.local_hit.1t", Side.OURS, nanos(80, 81, 82));
        assertThat(verdicts("cache.local_hit.1t\tcaffeine-entry-ttl\t0.7")).containsExactly(Verdict.ABSENT);
    }

    @Test
    void rows_ofAQuickRun_haveNoVerdict() {
        measurements.put("batching.lonely_call", Side.OURS, nanos(1_001, 1_003));

        List<Report.Row> rows = Report.rows(Bounds.parse("batching.lonely_call\t-\t1000"), measurements, false);

        assertThat(rows).extracting(Report.Row::verdict).containsExactly(Verdict.NONE);
        assertThat(Compare.summary(rows, false)).isEqualTo("Order of magnitude only: a quick run gives no verdict.");
    }

    @Test
    void summary_ofAFullRun_countsEachVerdict() {
        measurements.put("a", Side.OURS, nanos(1, 2));
        measurements.put("b", Side.OURS, nanos(5, 6));
        measurements.put("c", Side.OURS, nanos(2, 6));

        assertThat(Compare.summary(rows("a\t-\t3\nb\t-\t3\nc\t-\t3\nd\t-\t3\na\t-\t-\n"), true))
                .isEqualTo("met 1, missed 1, undecided 1, absent 1");
    }

    @Test
    void number_anyMagnitude_keepsThreeDigits() {
        assertThat(List.of(0.0, 0.123456, 5.678, 91.44, 218_000_000.4))
                .extracting(Report::number)
                .containsExactly("0", "0.123", "5.68", "91.4", "218000000");
    }

    @Test
    void ratio_aSmallOne_keepsTwoSignificantDigits() {
        assertThat(List.of(0.0, 0.000234, 0.0996, 0.617, 12.346))
                .extracting(Report::ratio)
                .containsExactly("0.00", "0.00023", "0.10", "0.62", "12.35");
    }

    @Test
    void markdown_ofAMissedRow_marksIt() {
        measurements.put("batching.lonely_call", Side.OURS, nanos(1_001, 1_003));

        String table = Markdown.of(rows("batching.lonely_call\t-\t1000"), "a machine");

        assertThat(table)
                .contains("Measured on: a machine.")
                .contains("| name | ours | peer |")
                .contains("| `batching.lonely_call` | 1002 | - | - | ns | - | 1001 | 1003 | <=1000 | **missed** |");
    }

    private List<Report.Row> rows(String bounds) {
        return Report.rows(Bounds.parse(bounds), measurements, true);
    }

    private List<Verdict> verdicts(String bounds) {
        return rows(bounds).stream().map(Report.Row::verdict).toList();
    }

    private List<String> lines(String bounds) {
        return rows(bounds).stream().map(Report.Row::tabSeparated).toList();
    }
}

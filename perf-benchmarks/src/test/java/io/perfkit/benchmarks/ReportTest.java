package io.perfkit.benchmarks;

import static io.perfkit.benchmarks.MeasurementsTest.nanos;
import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.benchmarks.Measurements.Series;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {

    private final Measurements measurements = new Measurements();

    @Test
    void rows_aPeer_isOneTabSeparatedLineWithTheRatioOfTheMeans() {
        measurements.put("cache.local_hit.1t", Side.OURS, nanos(93, 91, 89));
        measurements.put("cache.local_hit.1t", "caffeine-entry-ttl", nanos(145.2, 147.3, 148.5));

        assertThat(lines("cache.local_hit.1t\tcaffeine-entry-ttl\t0.7"))
                .containsExactly("cache.local_hit.1t\t91\tcaffeine-entry-ttl\t147\tns\t0.62\t0.57\t<=0.70");
    }

    @Test
    void rows_aThroughput_dividesThePeerByOurs() {
        measurements.put("batching.jobs_per_second", Side.OURS, new Series(new double[] {200, 220}, "ops/s", true));
        measurements.put(
                "batching.jobs_per_second", "db-scheduler", new Series(new double[] {100, 110}, "ops/s", true));

        assertThat(lines("batching.jobs_per_second\tdb-scheduler\t1.0"))
                .containsExactly("batching.jobs_per_second\t210\tdb-scheduler\t105\tops/s\t0.50\t0.50\t<=1.00");
    }

    @Test
    void rows_anAddedName_showsWhatBothSidesAddToTheRawCall() {
        measurements.put("monitoring.statement.added", Side.OURS, nanos(150, 150));
        measurements.put("monitoring.statement.added", "datasource-proxy", nanos(450, 450));
        measurements.put("monitoring.statement.added", Side.RAW, nanos(50, 50));

        assertThat(lines("monitoring.statement.added\tdatasource-proxy\t0.25"))
                .containsExactly("monitoring.statement.added\t100\tdatasource-proxy\t400\tns\t0.25\t0.25\t<=0.25");
    }

    @Test
    void rows_anAbsoluteBound_hasNoPeerAndNoRatio() {
        measurements.put("batching.lonely_call", Side.OURS, nanos(800, 820));

        assertThat(lines("batching.lonely_call\t-\t1000"))
                .containsExactly("batching.lonely_call\t810\t-\t-\tns\t-\t-\t<=1000");
    }

    @Test
    void rows_aGrowth_isAPlainRatioWithoutAUnitOfTime() {
        measurements.put("pagination.depth_growth", Side.OURS, nanos(130, 260));
        measurements.put("pagination.depth_growth", Side.BASE, nanos(100, 200));

        assertThat(lines("pagination.depth_growth\t-\t1.5"))
                .containsExactly("pagination.depth_growth\t1.30\t-\t-\tx\t-\t-\t<=1.50");
    }

    @Test
    void rows_aPeerForTheRecord_hasNoGoalAndMissesNothing() {
        measurements.put("cache.local_hit.1t", Side.OURS, nanos(200, 200));
        measurements.put("cache.local_hit.1t", "caffeine", nanos(100, 100));

        assertThat(lines("cache.local_hit.1t\tcaffeine\t-"))
                .containsExactly("cache.local_hit.1t\t200\tcaffeine\t100\tns\t2.00\t2.00\t-");
        assertThat(rows("cache.local_hit.1t\tcaffeine\t-")).noneMatch(Report.Row::missed);
    }

    @Test
    void rows_aRatioAboveTheBoundWhoseIntervalReachesIt_isNotMissed() {
        measurements.put("cache.local_hit.1t", Side.OURS, nanos(60, 75, 90));
        measurements.put("cache.local_hit.1t", "caffeine-entry-ttl", nanos(100, 90, 110));

        List<Report.Row> rows = rows("cache.local_hit.1t\tcaffeine-entry-ttl\t0.7");

        assertThat(rows.get(0).ratio()).isEqualTo("0.75");
        assertThat(rows.get(0).missed()).isFalse();
    }

    @Test
    void rows_aRatioWhoseWholeIntervalIsAboveTheBound_isMissed() {
        measurements.put("cache.local_hit.1t", Side.OURS, nanos(80, 81, 82));
        measurements.put("cache.local_hit.1t", "caffeine-entry-ttl", nanos(100, 101, 102));

        assertThat(rows("cache.local_hit.1t\tcaffeine-entry-ttl\t0.7")).allMatch(Report.Row::missed);
    }

    @Test
    void rows_anOwnValueAboveItsAbsoluteBound_isMissed() {
        measurements.put("batching.lonely_call", Side.OURS, nanos(1_001, 1_003));

        assertThat(rows("batching.lonely_call\t-\t1000")).allMatch(Report.Row::missed);
    }

    @Test
    void rows_aLineOfAnotherArea_isLeftOut() {
        assertThat(rows("cache.local_hit.1t\tcaffeine-entry-ttl\t0.7")).isEmpty();
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
                .contains("| `batching.lonely_call` | 1002 | - | - | ns | - | - | <=1000 **MISSED** |");
    }

    private List<Report.Row> rows(String bounds) {
        return Report.rows(Bounds.parse(bounds), measurements);
    }

    private List<String> lines(String bounds) {
        return rows(bounds).stream().map(Report.Row::tabSeparated).toList();
    }
}

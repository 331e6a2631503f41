package io.perfkit.examples.springboot;

import io.perfkit.monitoring.load.ScenarioResult;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * What one run of one endpoint on one side gave.
 *
 * @param answersPerSecond successful answers per second
 * @param p50 the median of a request
 * @param p95 its 95th percentile
 * @param errors requests that failed or were cut
 * @param statements of the database, per request
 */
record Figures(double answersPerSecond, Duration p50, Duration p95, long errors, double statements) {

    static Figures of(ScenarioResult scenario, long statements) {
        return new Figures(
                scenario.throughput(),
                scenario.p50(),
                scenario.p95(),
                scenario.errors(),
                scenario.count() == 0 ? Double.NaN : (double) statements / scenario.count());
    }

    /** What several runs of the same length gave: answers and statements on average, the median of the times. */
    static Figures together(List<Figures> runs) {
        return new Figures(
                runs.stream().mapToDouble(Figures::answersPerSecond).average().orElse(Double.NaN),
                median(runs, Figures::p50),
                median(runs, Figures::p95),
                runs.stream().mapToLong(Figures::errors).sum(),
                runs.stream().mapToDouble(Figures::statements).average().orElse(Double.NaN));
    }

    /** Of two, the longer one. */
    private static Duration median(List<Figures> runs, Function<Figures, Duration> time) {
        return runs.stream()
                .map(time)
                .sorted()
                .skip(runs.size() / 2)
                .findFirst()
                .orElseThrow();
    }
}

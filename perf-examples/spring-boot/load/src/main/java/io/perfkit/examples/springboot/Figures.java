package io.perfkit.examples.springboot;

import io.perfkit.monitoring.load.ScenarioResult;
import java.time.Duration;

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
}

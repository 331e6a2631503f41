package io.perfkit.benchmarks;

import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.ScalarResult;

/** Round trips to a server for each operation, over all {@link CountingSockets} of the JVM. Nothing where there are none. */
public final class RoundTrips implements InternalProfiler {

    /** What JMH calls them, for {@link Counts}. */
    public static final String RESULT = "round_trips";

    private long before;

    /** For JMH. */
    public RoundTrips() {}

    @Override
    public String getDescription() {
        return "round trips to a server";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        before = CountingSockets.roundTrips();
    }

    @Override
    public List<ScalarResult> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        long trips = CountingSockets.roundTrips() - before;
        long operations = result.getMetadata().getAllOps();
        if (trips == 0 || operations == 0) {
            return List.of();
        }
        return List.of(new ScalarResult(RESULT, (double) trips / operations, "trips/op", AggregationPolicy.AVG));
    }
}

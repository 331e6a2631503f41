package io.perfkit.benchmarks;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;

/**
 * How long each benchmark warms up: longer where it still became faster while it was measured, in this round and in those
 * that follow. Otherwise a side that is slow to warm up, often a peer with more code, would be compared cold.
 */
final class WarmUp {

    /** The least by which a side that is still warming up is faster at the end of its measurement than at its start. */
    private static final double FALLS_BY = 0.10;

    private final Effort effort;
    private final Map<String, Integer> iterations = new HashMap<>();

    WarmUp(Effort effort) {
        this.effort = effort;
    }

    int iterations(String benchmark) {
        return iterations.getOrDefault(benchmark, effort.warmups());
    }

    /** Whether the benchmark is to be measured once more, after a longer warm-up. */
    boolean extend(String benchmark, RunResult measured) {
        int now = iterations(benchmark);
        if (isSettled(measured) || now >= effort.maximumWarmups()) {
            return false;
        }
        iterations.put(benchmark, Math.min(effort.maximumWarmups(), 2 * now));
        return true;
    }

    /** Whether the last fork had reached its speed when its measurement began. */
    static boolean isSettled(RunResult measured) {
        Collection<IterationResult> last = List.copyOf(measured.getBenchmarkResults())
                .get(measured.getBenchmarkResults().size() - 1)
                .getIterationResults();
        boolean moreIsBetter = measured.getParams().getMode() == Mode.Throughput;
        double[] costs = last.stream()
                .mapToDouble(iteration -> iteration.getPrimaryResult().getScore())
                .map(score -> moreIsBetter ? 1 / score : score)
                .toArray();
        return !isFalling(costs);
    }

    /** Each iteration cheaper than the one before, and the last clearly cheaper than the first. */
    static boolean isFalling(double... costs) {
        for (int i = 1; i < costs.length; i++) {
            if (costs[i] >= costs[i - 1]) {
                return false;
            }
        }
        return costs.length > 1 && Arrays.stream(costs).min().orElseThrow() < (1 - FALLS_BY) * costs[0];
    }
}

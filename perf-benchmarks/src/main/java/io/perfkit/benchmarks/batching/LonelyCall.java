package io.perfkit.benchmarks.batching;

import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Threads;

/** One {@code get} while nobody else asks, with a loader in memory: what batching costs where there is nothing to batch. */
@Line("batching.lonely_call")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class LonelyCall {

    private static final Long ID = 42L;

    @Benchmark
    @Side(Side.OURS)
    public Object ours(UserBatcher users) {
        return users.batcher.get(ID);
    }
}

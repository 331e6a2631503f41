package io.perfkit.benchmarks.pagination;

import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import io.perfkit.pagination.CursorRequest;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Threads;

/**
 * How many times the first page the page behind 1,900,000 rows of two million costs, newest first and without a
 * look back, which a first page does not need: 1.00 is no growth at all.
 */
@Line("pagination.depth_growth")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class DepthGrowth {

    @Benchmark
    @Side(Side.OURS)
    public Object deepPage(LedgerClient client) {
        return client.uniform.fetch(
                Ledger.select(client.dsl), CursorRequest.first(Ledger.PAGE).after(client.deepestPlace.token()));
    }

    @Benchmark
    @Side(Side.BASE)
    public Object firstPage(LedgerClient client) {
        return client.uniform.fetch(Ledger.select(client.dsl), CursorRequest.first(Ledger.PAGE));
    }
}

package io.perfkit.benchmarks.pagination;

import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import io.perfkit.pagination.CursorRequest;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Threads;

/**
 * From the text of a signed cursor to the position in it, by way of a page of no rows in memory: so it includes the
 * fingerprint of the filter, which every request computes, and the making of an empty page.
 */
@Line("pagination.cursor_verify_and_decode")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class CursorVerifyAndDecode {

    @Benchmark
    @Side(Side.OURS)
    public Object ours(CursorState state) {
        return state.paginator.fetch(List.of(), CursorRequest.around(1, state.token));
    }
}

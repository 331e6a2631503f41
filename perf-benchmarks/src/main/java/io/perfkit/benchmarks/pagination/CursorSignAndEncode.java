package io.perfkit.benchmarks.pagination;

import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Threads;

/** From a row to the text of its signed cursor: a time and an identifier, the fingerprint of the filter known. */
@Line("pagination.cursor_sign_and_encode")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class CursorSignAndEncode {

    @Benchmark
    @Side(Side.OURS)
    public String ours(CursorState state) {
        return state.page.cursor(0);
    }
}

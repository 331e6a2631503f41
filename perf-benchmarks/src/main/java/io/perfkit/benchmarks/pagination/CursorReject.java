package io.perfkit.benchmarks.pagination;

import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import io.perfkit.pagination.CursorRequest;
import io.perfkit.pagination.InvalidCursorException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Threads;

/** A whole request with a cursor of which one character was changed: from the text to the exception. */
@Line("pagination.cursor_reject")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class CursorReject {

    @Benchmark
    @Side(Side.OURS)
    public Object ours(CursorState state) {
        try {
            return state.paginator.fetch(
                    Ledger.select(state.dsl), CursorRequest.first(Ledger.PAGE).after(state.forged));
        } catch (InvalidCursorException refused) {
            return refused;
        }
    }
}

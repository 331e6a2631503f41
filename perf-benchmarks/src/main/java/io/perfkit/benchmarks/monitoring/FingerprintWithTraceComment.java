package io.perfkit.benchmarks.monitoring;

import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import io.perfkit.monitoring.Query;
import io.perfkit.monitoring.SqlDialect;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Threads;

/** What 1 kB of comment adds that a tracing tool puts behind 1 kB of SQL, another one each time. */
@Line("monitoring.fingerprint_with_trace_comment.added")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class FingerprintWithTraceComment {

    @Benchmark
    @Side(Side.OURS)
    public Query ours(Texts texts) {
        return texts.recorder.query(texts.nextTraced(), SqlDialect.POSTGRESQL);
    }

    @Benchmark
    @Side(Side.RAW)
    public Query raw(Texts texts) {
        return texts.recorder.query(texts.sql, SqlDialect.POSTGRESQL);
    }
}

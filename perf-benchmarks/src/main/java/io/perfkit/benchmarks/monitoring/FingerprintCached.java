package io.perfkit.benchmarks.monitoring;

import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import io.perfkit.monitoring.Query;
import io.perfkit.monitoring.SqlDialect;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Threads;

/** The fingerprint of 1 kB of SQL that was seen before, the same string. */
@Line("monitoring.fingerprint_cached")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class FingerprintCached {

    @Benchmark
    @Side(Side.OURS)
    public Query ours(Texts texts) {
        return texts.recorder.query(texts.sql, SqlDialect.POSTGRESQL);
    }
}

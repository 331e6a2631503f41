package io.perfkit.benchmarks.monitoring;

import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import io.perfkit.monitoring.Query;
import io.perfkit.monitoring.SqlDialect;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Threads;

/** The fingerprint of 1 kB of SQL that is not remembered, with a literal that is folded away; and remembering it. */
@Line("monitoring.fingerprint_first")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class FingerprintFirst {

    @Benchmark
    @Side(Side.OURS)
    public Query ours(Texts texts) {
        return texts.recorder.query(texts.nextUnseen(), SqlDialect.POSTGRESQL);
    }
}

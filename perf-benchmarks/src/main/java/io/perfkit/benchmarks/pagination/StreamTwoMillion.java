package io.perfkit.benchmarks.pagination;

import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.stream.Stream;
import org.jooq.Record4;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.infra.Blackhole;

/**
 * All two million rows in the order of the primary key, a thousand at a time. {@code jooq-fetch-stream} reads a cursor of
 * the server within one transaction that lasts as long as the stream; {@code ours} makes a statement of every thousand.
 */
@Line("pagination.stream_2m")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class StreamTwoMillion {

    private static final int CHUNK = 1_000;

    @Benchmark
    @Side(Side.OURS)
    public void ours(LedgerClient client, Blackhole blackhole) {
        try (Stream<Record4<Long, LocalDateTime, BigDecimal, String>> rows =
                client.stored.stream(Ledger.select(client.dsl), CHUNK)) {
            rows.forEach(blackhole::consume);
        }
    }

    @Benchmark
    @Side("jooq-fetch-stream")
    public void jooqFetchStream(LedgerClient client, Blackhole blackhole) {
        client.dsl.transaction(configuration -> {
            try (Stream<Record4<Long, LocalDateTime, BigDecimal, String>> rows = Ledger.select(configuration.dsl())
                    .orderBy(Ledger.ID)
                    .fetchSize(CHUNK)
                    .fetchStream()) {
                rows.forEach(blackhole::consume);
            }
        });
    }
}

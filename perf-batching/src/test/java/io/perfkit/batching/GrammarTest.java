package io.perfkit.batching;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.retry.RetryConfig;
import io.perfkit.batching.jdbc.BatchWriter;
import io.perfkit.testkit.grammar.Grammar;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

/** The public types of this artifact follow docs/adr/0007-one-grammar.md. */
class GrammarTest {
    @Test
    void publicTypes_ofThisArtifact_followTheGrammar() {
        Grammar.of(Batcher.class)
                .sample(Batcher.Builder.class, GrammarTest::builder)
                .sample(Batcher.class, () -> builder().build())
                .sample(Parallel.Builder.class, () -> Parallel.builder(2))
                .sample(Parallel.class, () -> Parallel.builder(2).build())
                .sample(Chunks.Builder.class, () -> Chunks.builder(Stream.of(1), 1))
                .sample(Chunks.class, () -> Chunks.of(Stream.of(1), 1))
                .sample(BatchWriter.Builder.class, GrammarTest::writer)
                .sample(BatchWriter.class, () -> writer().build())
                .value(ChunksCheckpoint.class, ChunksCheckpoint.parse("1:1:0"))
                .value(Bulkhead.class, Bulkhead.ofDefaults("client"))
                .contradiction(
                        "resume",
                        "size",
                        () -> Chunks.builder(Stream.of(1), 10)
                                .resume(ChunksCheckpoint.parse("1:20:0"))
                                .build())
                .contradiction(
                        "startingAt",
                        "size",
                        () -> Chunks.builder(Stream.of(1), 10).startingAt(5).build())
                .contradiction(
                        "window",
                        "timeout",
                        () -> builder()
                                .window(Duration.ofSeconds(2))
                                .timeout(Duration.ofSeconds(1))
                                .build())
                .value(RetryConfig.class, RetryConfig.ofDefaults())
                .check();
    }

    private static Batcher.Builder<Integer, String> builder() {
        return Batcher.builder("users", keys -> Map.of());
    }

    private static BatchWriter.Builder<Integer> writer() {
        return BatchWriter.builder("events", new JdbcDataSource(), "insert into events values (?)", (s, row) -> {});
    }
}

package io.perfkit.batching;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.retry.RetryConfig;
import io.perfkit.batching.http.BatchEndpoint;
import io.perfkit.batching.http.HttpBatchLoader;
import io.perfkit.batching.jdbc.BatchWriter;
import io.perfkit.batching.jobs.InMemoryJobQueue;
import io.perfkit.batching.jobs.db.DatabaseJobQueue;
import io.perfkit.testkit.grammar.Grammar;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The public types of this artifact follow docs/adr/0007-one-grammar.md. */
class GrammarTest {
    private static final AtomicInteger NUMBER = new AtomicInteger();

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
                .sample(HttpBatchLoader.Builder.class, GrammarTest::http)
                .sample(HttpBatchLoader.class, () -> http().build())
                .sample(BatchEndpoint.Builder.class, () -> BatchEndpoint.builder(String.class, text -> text))
                .sample(
                        BatchEndpoint.class,
                        () -> BatchEndpoint.builder(String.class, text -> text).build())
                .value(HttpClient.class, HttpClient.newHttpClient())
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
                .sample(InMemoryJobQueue.Builder.class, () -> InMemoryJobQueue.builder("jobs"))
                .sample(
                        InMemoryJobQueue.class,
                        () -> InMemoryJobQueue.builder("jobs").build())
                .sample(DatabaseJobQueue.Builder.class, () -> DatabaseJobQueue.builder(database(), "jobs"))
                .sample(
                        DatabaseJobQueue.class,
                        () -> DatabaseJobQueue.builder(database(), "jobs").build())
                .contradiction(
                        "keyWindow",
                        "retention",
                        () -> InMemoryJobQueue.builder("jobs")
                                .retention(Duration.ofMinutes(1))
                                .build())
                .contradiction(
                        "keyWindow",
                        "retention",
                        () -> DatabaseJobQueue.builder(database(), "jobs")
                                .retention(Duration.ofMinutes(1))
                                .build())
                .value(Class.class, Integer.class)
                .value(Clock.class, Clock.systemUTC())
                .value(JsonMapper.class, JsonMapper.shared())
                .check();
    }

    private static DataSource database() {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:mem:grammar" + NUMBER.incrementAndGet() + ";DB_CLOSE_DELAY=-1");
        DatabaseJobQueue.createTables(source);
        return source;
    }

    private static Batcher.Builder<Integer, String> builder() {
        return Batcher.builder("users", keys -> Map.of());
    }

    private static BatchWriter.Builder<Integer> writer() {
        return BatchWriter.builder("events", new JdbcDataSource(), "insert into events values (?)", (s, row) -> {});
    }

    private static HttpBatchLoader.Builder<String, String> http() {
        return HttpBatchLoader.builder(URI.create("http://localhost/names"), String.class);
    }
}

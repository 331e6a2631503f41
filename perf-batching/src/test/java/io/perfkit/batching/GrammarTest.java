package io.perfkit.batching;

import io.github.resilience4j.retry.RetryConfig;
import io.perfkit.testkit.grammar.Grammar;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The public types of this artifact follow docs/adr/0007-one-grammar.md. */
class GrammarTest {
    @Test
    void publicTypes_ofThisArtifact_followTheGrammar() {
        Grammar.of(Batcher.class)
                .sample(Batcher.Builder.class, GrammarTest::builder)
                .sample(Batcher.class, () -> builder().build())
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
}

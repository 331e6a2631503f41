package io.perfkit.examples.versions;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.retry.RetryConfig;
import io.perfkit.batching.Batcher;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** perf-batching over Resilience4j: one bulk call, and its retry. */
class BatchingTest {

    @Test
    void loadAll_isTriedAgainByResilience4j() {
        AtomicInteger calls = new AtomicInteger();
        Batcher<Long, String> names = Batcher.<Long, String>builder("names", ids -> {
                    if (calls.incrementAndGet() == 1) {
                        throw new IllegalStateException("down");
                    }
                    return ids.stream().collect(Collectors.toMap(Function.identity(), id -> "user " + id));
                })
                .retry(RetryConfig.custom()
                        .maxAttempts(2)
                        .waitDuration(Duration.ofMillis(1))
                        .build())
                .build();
        try (names) {
            assertThat(names.loadAll(List.of(1L, 2L)).join())
                    .containsEntry(1L, "user 1")
                    .containsEntry(2L, "user 2");
            assertThat(calls).hasValue(2);
        }
    }
}

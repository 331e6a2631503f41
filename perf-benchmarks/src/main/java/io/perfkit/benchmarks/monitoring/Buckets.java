package io.perfkit.benchmarks.monitoring;

import java.time.Duration;
import java.util.stream.LongStream;

/** The buckets of perfkit's timers, from 1 ms to 10 s. */
final class Buckets {

    private Buckets() {}

    static Duration[] likePerfkit() {
        return LongStream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
                .mapToObj(Duration::ofMillis)
                .toArray(Duration[]::new);
    }
}

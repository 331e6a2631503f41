package io.perfkit.batching;

import io.perfkit.testkit.walls.Walls;
import org.junit.jupiter.api.Test;

/** What each package of perf-batching may import; the rules are in docs/adr/0001-walls.md. */
class WallsTest {
    @Test
    void walls_ofThisArtifact_hold() {
        Walls.of("io.perfkit.batching")
                .mandatory(
                        "io.github.resilience4j.bulkhead..",
                        "io.github.resilience4j.core..",
                        "io.github.resilience4j.retry..",
                        "org.slf4j..")
                .room("context", "io.micrometer.context..")
                .room("jdbc")
                .ground("jobs.internal")
                .room("jobs")
                .room("jobs.db", "com.github.kagkarlsson..", "tools.jackson..")
                .room("jobs.micrometer", "io.micrometer.core..")
                .room("http", "tools.jackson..")
                .room("micrometer", "io.micrometer.core..")
                .check();
    }
}

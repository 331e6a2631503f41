package io.perfkit.cache;

import io.perfkit.testkit.walls.Walls;
import org.junit.jupiter.api.Test;

/** What each package of perf-cache may import; the rules are in docs/adr/0001-walls.md. */
class WallsTest {
    @Test
    void walls_ofThisArtifact_hold() {
        Walls.of("io.perfkit.cache")
                .mandatory("com.github.benmanes.caffeine.cache..", "io.github.resilience4j..", "org.slf4j..")
                .ground("spi")
                .ground("internal")
                .room("proxy")
                .room("redis", "io.lettuce.core..")
                .room("json", "tools.jackson..", "com.fasterxml.jackson.annotation..")
                .room("micrometer", "io.micrometer.core..")
                .room("servlet", "jakarta.servlet..")
                .check();
    }
}

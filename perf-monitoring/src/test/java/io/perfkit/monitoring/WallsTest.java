package io.perfkit.monitoring;

import io.perfkit.testkit.walls.Walls;
import org.junit.jupiter.api.Test;

/** What each package of perf-monitoring may import; the rules are in docs/adr/0001-walls.md. */
class WallsTest {
    @Test
    void walls_ofThisArtifact_hold() {
        Walls.of("io.perfkit.monitoring")
                .mandatory(
                        "io.micrometer.core..",
                        "io.micrometer.observation..",
                        "org.HdrHistogram..",
                        "tools.jackson..",
                        "org.slf4j..")
                .room("jdbc")
                .room("servlet", "jakarta.servlet..")
                .room("jooq", "org.jooq..")
                .room("junit", "org.junit.jupiter.api..", "org.junit.platform.commons..")
                .room("context", "io.micrometer.context..")
                .room("http", "javax.net.ssl..")
                .room("load")
                .check();
    }
}

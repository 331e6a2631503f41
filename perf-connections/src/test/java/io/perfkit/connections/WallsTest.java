package io.perfkit.connections;

import io.perfkit.testkit.walls.Walls;
import org.junit.jupiter.api.Test;

/** What each package of perf-connections may import; the rules are in docs/adr/0001-walls.md. */
class WallsTest {
    @Test
    void walls_ofThisArtifact_hold() {
        Walls.of("io.perfkit.connections")
                .mandatory("org.slf4j..")
                .ground("internal")
                .room("jdbc", "com.zaxxer.hikari..")
                .room("servlet", "jakarta.servlet..")
                .room("websocket", "jakarta.websocket..")
                .room("micrometer", "io.micrometer.core..")
                .check();
    }
}

package io.perfkit.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class PostgresBuilderTest {
    private final PostgresServer.Builder builder = PostgresServer.builder();

    @Test
    void port_outOfRange_isRejectedAtOnce() {
        assertThatThrownBy(() -> builder.port(65_536))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("port must be between 0 and 65535, but was 65536");
        assertThatThrownBy(() -> builder.port(-1)).hasMessage("port must be between 0 and 65535, but was -1");
    }

    @Test
    void minimumFreeSpace_negative_isRejectedAtOnce() {
        assertThatThrownBy(() -> builder.minimumFreeSpace(-5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("minimumFreeSpace must be at least 0, but was -5");
    }

    @Test
    void settings_thatWouldBreakTheFile_areRejectedAtOnce() {
        assertThatThrownBy(() -> builder.setting("work_mem = '1MB'\nfsync", "on"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the name of a setting must be letters, digits, _ and .");
        assertThatThrownBy(() -> builder.settings(Map.of("work_mem", "1MB'\nfsync='on")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the value of work_mem must be one line");
    }
}

package io.perfkit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformTest {
    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, LINUX_X86_64",
        "Linux, aarch64, LINUX_ARM_64",
        "Mac OS X, x86_64, MAC_X86_64",
        "Mac OS X, aarch64, MAC_ARM_64"
    })
    void of_namesThatJvmsGive_isFound(String system, String processor, Platform platform) {
        assertThat(Platform.of(system, processor)).isEqualTo(platform);
    }

    @ParameterizedTest
    @CsvSource({"Windows 11, amd64", "Linux, s390x"})
    void of_noBinaries_saysWhatToDo(String system, String processor) {
        assertThatThrownBy(() -> Platform.of(system, processor))
                .isInstanceOf(TestServerException.class)
                .hasMessageContaining(system)
                .hasMessageContaining(processor)
                .hasMessageContaining("use Linux or macOS");
    }

    @Test
    void current_thisMachine_isKnown() {
        assertThat(Platform.current()).isNotNull();
    }
}

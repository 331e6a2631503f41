package io.perfkit.examples.springboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class OptionsTest {

    @Test
    void arguments_thatAreKnown_areRead() {
        assertThat(Options.parse()).isEqualTo(new Options(false, false, false, false));
        assertThat(Options.parse("--quick").quick()).isTrue();
        assertThat(Options.parse("diff").diff()).isTrue();
    }

    @Test
    void arguments_thatMakeNoSense_areRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("--fast"))
                .withMessage("unknown argument '--fast'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("serve", "--quick"))
                .withMessageContaining("--quick");
    }
}

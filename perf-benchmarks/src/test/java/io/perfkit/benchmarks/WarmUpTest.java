package io.perfkit.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WarmUpTest {

    @Test
    void isFalling_eachIterationCheaperByMuch_isStillWarmingUp() {
        assertThat(WarmUp.isFalling(306, 120, 40)).isTrue();
        assertThat(WarmUp.isFalling(100, 95, 89)).isTrue();
    }

    @Test
    void isFalling_eachIterationCheaperByLittle_isNoise() {
        assertThat(WarmUp.isFalling(100, 98, 95)).isFalse();
    }

    @Test
    void isFalling_upAndDown_isNoise() {
        assertThat(WarmUp.isFalling(100, 50, 60)).isFalse();
        assertThat(WarmUp.isFalling(100, 120, 50)).isFalse();
        assertThat(WarmUp.isFalling(100)).isFalse();
    }
}

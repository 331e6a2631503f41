package io.perfkit.examples.dashboard.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnitsTest {

    @Test
    void nanos_ofEverySize_hasThreeDigitsAndAUnit() {
        assertThat(Units.nanos(1_230)).isEqualTo("1.23 µs");
        assertThat(Units.nanos(999_499)).isEqualTo("999 µs");
        assertThat(Units.nanos(999_500)).isEqualTo("1.00 ms");
        assertThat(Units.nanos(45.67e6)).isEqualTo("45.7 ms");
        assertThat(Units.nanos(2.41e9)).isEqualTo("2.41 s");
    }

    @Test
    void zero_hasTheLargeUnit() {
        assertThat(Units.nanos(0)).isEqualTo("0 s");
        assertThat(Units.bytes(0.0)).isEqualTo("0 B");
    }

    @Test
    void bytes_negative_keepsItsSign() {
        assertThat(Units.bytes(-1_620_000.0)).isEqualTo("-1.62 MB");
        assertThat(Units.bytes(512L)).isEqualTo("512 B");
        assertThat(Units.bytes(38_300L)).isEqualTo("38.3 kB");
    }

    @Test
    void count_mean_showsADecimalOnlyWhereThereIsOne() {
        assertThat(Units.count(8_001.0)).isEqualTo("8,001");
        assertThat(Units.count(0.0)).isEqualTo("0");
        assertThat(Units.count(0.3)).isEqualTo("0.3");
        assertThat(Units.count(2.99)).isEqualTo("3");
        assertThat(Units.count(5_000L)).isEqualTo("5,000");
    }

    @Test
    void ratio_belowOne_isShownAsSuch() {
        assertThat(Units.ratio(0.5)).isEqualTo("0.5×");
        assertThat(Units.ratio(1_234.4)).isEqualTo("1,234×");
    }
}

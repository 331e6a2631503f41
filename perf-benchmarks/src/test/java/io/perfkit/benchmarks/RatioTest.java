package io.perfkit.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RatioTest {

    @Test
    void of_sixKnownRounds_givesTheRatioAndFiellersLowerEnd() {
        Ratio ratio = Ratio.of(new double[] {91, 88, 95, 90, 93, 89}, new double[] {147, 150, 144, 149, 146, 152});

        // By the textbook form of the interval, with g = t²·vyy/ȳ², worked out apart from this program.
        assertThat(ratio.value()).isCloseTo(0.614864865, within(1e-9));
        assertThat(ratio.low()).isCloseTo(0.584896580, within(1e-6));
    }

    @Test
    void of_threeKnownRounds_widensTheIntervalByStudentsQuantile() {
        Ratio ratio = Ratio.of(new double[] {100, 110, 120}, new double[] {200, 210, 250});

        assertThat(ratio.value()).isCloseTo(0.5, within(1e-9));
        assertThat(ratio.low()).isCloseTo(0.453206161, within(1e-6));
    }

    @Test
    void of_aMachineThatSlowsDownInOneRound_cancelsOutOfTheInterval() {
        double[] peer = {100, 100, 180, 100};
        double[] ours = Arrays.stream(peer).map(each -> 0.5 * each).toArray();

        Ratio ratio = Ratio.of(ours, peer);

        assertThat(ratio.value()).isCloseTo(0.5, within(1e-9));
        assertThat(ratio.low()).isCloseTo(0.5, within(1e-6));
    }

    @Test
    void of_aDenominatorThatCannotBeToldFromZero_hasNoLowerEndAboveZero() {
        Ratio ratio = Ratio.of(new double[] {10, 11, 12}, new double[] {-30, 5, 40});

        assertThat(ratio.low()).isZero();
    }

    @Test
    void of_anUnusableNumberOfRounds_isRefused() {
        assertThatThrownBy(() -> Ratio.of(new double[] {1}, new double[] {1}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a ratio needs the same rounds on both sides, at least 2, but got 1 and 1");
        assertThatThrownBy(() -> Ratio.of(new double[] {1, 2}, new double[] {1, 2, 3}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Of many runs with a known true ratio, the lower end of a 95 % interval is above it in 2.5 %. */
    @Test
    void of_manyDrawnRuns_coversTheTrueRatioAsOftenAsItSays() {
        Random random = new Random(2026);
        int runs = 20_000;
        int above = 0;
        for (int run = 0; run < runs; run++) {
            double[] ours = new double[6];
            double[] peer = new double[6];
            for (int round = 0; round < 6; round++) {
                double machine = 3 * random.nextGaussian();
                ours[round] = 70 + 0.7 * machine + 2 * random.nextGaussian();
                peer[round] = 100 + machine + 4 * random.nextGaussian();
            }
            if (Ratio.of(ours, peer).low() > 0.7) {
                above++;
            }
        }

        assertThat(100.0 * above / runs).isBetween(2.2, 2.8);
    }
}

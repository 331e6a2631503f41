package io.perfkit.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RatioTest {

    @Test
    void of_fiveRounds_isTheMedianOfTheirRatiosWithinTheirRange() {
        Ratio ratio = Ratio.of(new double[] {60, 90, 70, 80, 300}, new double[] {100, 100, 100, 100, 200});

        assertThat(ratio.value()).isCloseTo(0.8, within(1e-12));
        assertThat(ratio.low()).isCloseTo(0.6, within(1e-12));
        assertThat(ratio.high()).isCloseTo(1.5, within(1e-12));
    }

    @Test
    void of_anEvenNumberOfRounds_isTheMiddleOfTheTwoInTheMiddle() {
        assertThat(Ratio.of(new double[] {1, 2, 4, 100}).value()).isEqualTo(3);
    }

    /** P(B < 2) with eight trials is 9/256, so the second smallest and the second largest give 93 %. */
    @Test
    void of_eightRounds_leavesOneOutlierOnEachSideOutOfTheInterval() {
        Ratio cost = Ratio.of(new double[] {8, 1, 7, 2, 6, 3, 5, 4});

        assertThat(cost.low()).isEqualTo(2);
        assertThat(cost.high()).isEqualTo(7);
    }

    @Test
    void of_aMachineThatSlowsDownInOneRound_cancelsOutOfTheInterval() {
        double[] peer = {100, 100, 180, 100, 100};
        double[] ours = Arrays.stream(peer).map(each -> 0.5 * each).toArray();

        assertThat(Ratio.of(ours, peer)).isEqualTo(new Ratio(0.5, 0.5, 0.5));
    }

    @Test
    void of_aDenominatorThatIsNothing_hasNoUpperEnd() {
        Ratio ratio = Ratio.of(new double[] {10, 11, 12}, new double[] {-30, 5, 40});

        assertThat(ratio.high()).isInfinite();
    }

    @Test
    void of_anUnusableNumberOfRounds_isRefused() {
        assertThatThrownBy(() -> Ratio.of(new double[] {1}, new double[] {1}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a ratio needs the same rounds on both sides, at least 2, but got 1 and 1");
        assertThatThrownBy(() -> Ratio.of(new double[] {1, 2}, new double[] {1, 2, 3}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Of five rounds, all lie on one side of the true median in 2 of 32 runs, whatever their distribution is. */
    @Test
    void of_manyDrawnRunsOfSkewedRounds_coversTheTrueMedianAsOftenAsItSays() {
        Random random = new Random(2026);
        int runs = 20_000;
        int covered = 0;
        for (int run = 0; run < runs; run++) {
            double[] rounds = new double[5];
            Arrays.setAll(rounds, round -> Math.exp(random.nextGaussian()));
            Ratio ratio = Ratio.of(rounds);
            if (ratio.low() <= 1 && 1 <= ratio.high()) {
                covered++;
            }
        }

        assertThat(100.0 * covered / runs).isBetween(93.2, 94.3);
    }
}

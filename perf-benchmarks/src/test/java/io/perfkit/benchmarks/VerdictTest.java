package io.perfkit.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class VerdictTest {

    private static final BigDecimal BOUND = new BigDecimal("0.7");

    @Test
    void of_anIntervalWithinTheBound_isMet() {
        assertThat(Verdict.of(new Ratio(0.6, 0.5, 0.7), BOUND, true)).isEqualTo(Verdict.MET);
    }

    @Test
    void of_anIntervalAboveTheBound_isMissed() {
        assertThat(Verdict.of(new Ratio(0.8, 0.71, 0.9), BOUND, true)).isEqualTo(Verdict.MISSED);
    }

    @Test
    void of_aBoundWithinTheInterval_isUndecidedOnWhicheverSideTheMedianLies() {
        assertThat(Verdict.of(new Ratio(0.6, 0.5, 0.71), BOUND, true)).isEqualTo(Verdict.UNDECIDED);
        assertThat(Verdict.of(new Ratio(0.8, 0.7, 0.9), BOUND, true)).isEqualTo(Verdict.UNDECIDED);
    }

    @Test
    void of_aSideThatStillBecameFaster_isUndecidedWhateverItsFiguresAre() {
        assertThat(Verdict.of(new Ratio(0.1, 0.1, 0.1), BOUND, false)).isEqualTo(Verdict.UNDECIDED);
        assertThat(Verdict.of(new Ratio(9, 9, 9), BOUND, false)).isEqualTo(Verdict.UNDECIDED);
    }

    @Test
    void of_aPeersLostCost_isNotMet() {
        assertThat(Verdict.of(new Ratio(0.1, 0.1, Double.POSITIVE_INFINITY), BOUND, true))
                .isEqualTo(Verdict.UNDECIDED);
    }

    @Test
    void of_noBound_isNone() {
        assertThat(Verdict.of(new Ratio(9, 9, 9), null, true)).isEqualTo(Verdict.NONE);
        assertThat(Verdict.NONE.text()).isEqualTo("-");
    }
}

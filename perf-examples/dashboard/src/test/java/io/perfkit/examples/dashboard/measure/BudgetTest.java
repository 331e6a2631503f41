package io.perfkit.examples.dashboard.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BudgetTest {

    @Test
    void atMost_atTheLimit_isMet() {
        assertThat(Budget.atMost("p95", 35e6, 35e6, Units::nanos).met()).isTrue();
        assertThat(Budget.atMost("p95", 35e6, 35e6 + 1, Units::nanos).met()).isFalse();
    }

    @Test
    void atLeast_atTheLimit_isMet() {
        assertThat(Budget.atLeast("rate", 650, 650, Units::rate).met()).isTrue();
        assertThat(Budget.atLeast("rate", 650, 649.9, Units::rate).met()).isFalse();
    }

    @Test
    void exactly_anotherNumber_isMissed() {
        assertThat(Budget.exactly("loads", 1, 1).met()).isTrue();
        assertThat(Budget.exactly("loads", 1, 0).met()).isFalse();
        assertThat(Budget.exactly("loads", 1, 2).met()).isFalse();
    }

    @Test
    void anyBudget_figureThatCouldNotBeTaken_isMissed() {
        assertThat(Budget.atMost("queries", 2, Double.NaN, Units::count).met()).isFalse();
        assertThat(Budget.atLeast("rate", 650, Double.NaN, Units::rate).met()).isFalse();
    }

    @Test
    void toString_missed_saysStoryBoundAndFigure() {
        assertThat(Budget.atMost("p95", 35e6, 41.2e6, Units::nanos).toString("list"))
                .isEqualTo("MISSED  list: p95 at most 35.0 ms, measured 41.2 ms");
    }
}

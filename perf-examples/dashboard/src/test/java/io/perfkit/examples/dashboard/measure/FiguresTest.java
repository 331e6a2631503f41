package io.perfkit.examples.dashboard.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FiguresTest {

    private static Figures figures(Side side, Times answer, Times request) {
        return new Figures("x", side, new Figures.Counts(100, 0, 0, 10), answer, request, 1, 1);
    }

    /** Requests that fail at once end sooner than those that are served; their clients have nothing yet. */
    @Test
    void timesFasterThan_otherSideFailsFast_comparesTheWaitForASuccess() {
        Figures before = figures(Side.BEFORE, new Times(300e6, 900e6, 2e9, 3e9), new Times(200e6, 280e6, 300e6, 310e6));
        Figures after =
                figures(Side.AFTER, new Times(350e6, 450e6, 500e6, 600e6), new Times(350e6, 450e6, 500e6, 600e6));

        assertThat(after.timesFasterThan(before)).isEqualTo(2);
        assertThat(new Row(after, before).ratio()).isEqualTo("2.0×");
    }

    @Test
    void times_ofSome_areTheirPercentiles() {
        assertThat(Times.of(List.of(30L, 10L, 40L, 20L))).isEqualTo(new Times(20, 40, 40, 40));
        assertThat(Times.of(List.of(7L))).isEqualTo(new Times(7, 7, 7, 7));
    }

    @Test
    void times_ofNone_areUnknown() {
        assertThat(Times.of(List.of()).p95Nanos()).isNaN();
    }

    @Test
    void line_ofTimes_hasAPointForEach() {
        assertThat(new Times(1, 2, 3, 4).line(Side.AFTER, "after").points())
                .containsExactly(
                        new Plot.Point(50, 1), new Plot.Point(95, 2), new Plot.Point(99, 3), new Plot.Point(100, 4));
    }
}

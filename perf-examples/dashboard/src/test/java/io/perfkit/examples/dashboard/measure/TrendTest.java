package io.perfkit.examples.dashboard.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class TrendTest {

    private static List<Plot.Point> points(double noiseBytes, DoubleUnaryOperator heapAtSecond) {
        SplittableRandom random = new SplittableRandom(3);
        List<Plot.Point> points = new ArrayList<>();
        for (int second = 0; second < 60; second++) {
            double noise = (random.nextDouble() - 0.5) * 2 * noiseBytes;
            points.add(new Plot.Point(second, heapAtSecond.applyAsDouble(second) + noise));
        }
        return points;
    }

    @Test
    void isGrowth_flatHeapWithNoise_isFalse() {
        assertThat(Trend.of(points(2e6, second -> 60e6)).isGrowth()).isFalse();
    }

    @Test
    void isGrowth_steadyLeak_isTrueAndMeasured() {
        Trend trend = Trend.of(points(0.5e6, second -> 60e6 + second * 0.2e6));

        assertThat(trend.isGrowth()).isTrue();
        assertThat(trend.perSecond()).isCloseTo(0.2e6, within(0.02e6));
    }

    @Test
    void isGrowth_cachesFillingInTheFirstThird_isFalse() {
        assertThat(Trend.of(points(0.5e6, second -> 40e6 + Math.min(second, 18) * 1e6))
                        .isGrowth())
                .isFalse();
    }

    @Test
    void isGrowth_someOutliers_isFalse() {
        List<Plot.Point> points = points(0.5e6, second -> 60e6);
        points.set(57, new Plot.Point(57, 300e6));
        points.set(59, new Plot.Point(59, 300e6));

        assertThat(Trend.of(points).isGrowth()).isFalse();
    }

    @Test
    void of_tooFewPoints_isRefused() {
        assertThatThrownBy(() -> Trend.of(points(0, second -> 1).subList(0, 4)))
                .hasMessage("a trend needs at least 6 points, but there were 4");
    }
}

package io.perfkit.examples.dashboard.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ZipfTest {

    @Test
    void rank_ofTheBoundsOfTheInterval_isTheFirstAndTheLast() {
        Zipf zipf = new Zipf(100, 1);

        assertThat(zipf.rank(0)).isZero();
        assertThat(zipf.rank(Math.nextDown(1.0))).isEqualTo(99);
    }

    @Test
    void rank_ofManyDraws_followsTheLaw() {
        int draws = 1_000_000;
        int[] counts = new int[1_000];
        Zipf zipf = new Zipf(counts.length, 1);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < draws; i++) {
            counts[zipf.rank(random.nextDouble())]++;
        }

        double first = draws / 7.4855; // the sum of 1/k for k from 1 to 1,000
        assertThat((double) counts[0]).isCloseTo(first, within(first * 0.02));
        assertThat((double) counts[1]).isCloseTo(first / 2, within(first * 0.02));
        assertThat((double) counts[9]).isCloseTo(first / 10, within(first * 0.01));
        assertThat(counts).doesNotContain(0);
    }
}

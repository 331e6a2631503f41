package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a region holds does not grow with what was invalidated. The heap is weighed after a collection, ten times over
 * the run; when everything that is bounded has reached its bound, it must not become heavier by more than what a JVM
 * gathers anyway: compiled code keeps its notes in the heap, and so do the test's own classes.
 */
class MemorySoakTest {

    private static final int LIVE = 5_000;
    private static final int WEIGHINGS = 10;
    private static final long NOISE = 2L << 20;

    /** Short, and yet the tombstones of 30,000 patterns would take more than the noise. */
    @Test
    @Timeout(60)
    void patterns_manyOverLiveEntries_leaveNothingInTheHeap() {
        soak(100_000, 1_000_000);
    }

    @Test
    @Tag("full")
    void patterns_aMillionOverLiveEntries_leaveNothingInTheHeap() {
        soak(1_000_000, 10_000_000);
    }

    private static void soak(int patterns, int gets) {
        List<String> keys = IntStream.range(0, LIVE).mapToObj(i -> "live:" + i).toList();
        List<Long> weights = new ArrayList<>();
        long loads;
        try (PerfCache cache = PerfCache.builder("soak").build()) {
            CacheRegion<String> region = cache.region("r", String.class, CachePolicy.of(Duration.ofHours(1)));
            int key = 0;
            for (int weighing = 0; weighing < WEIGHINGS; weighing++) {
                for (int i = 0; i < patterns / WEIGHINGS; i++) {
                    String subject = "dead:" + weighing + ":" + i;
                    switch (i % 4) {
                        case 0 -> region.invalidateTag(subject);
                        case 1 -> region.invalidatePattern(subject + "*:x");
                        default -> region.invalidatePattern(subject + ":*");
                    }
                    for (int j = 0; j < gets / patterns; j++) {
                        key = (key + 1) % LIVE;
                        assertThat(region.getOrSet(keys.get(key), k -> k)).isSameAs(keys.get(key));
                    }
                }
                weights.add(heapAfterCollection());
            }
            loads = region.stats().loads();
        }
        assertThat(loads)
                .as("live entries that no pattern matched must not have died with the tombstones")
                .isEqualTo(LIVE);
        long before = lightest(weights.subList(4, 7));
        long after = lightest(weights.subList(7, WEIGHINGS));
        assertThat(after - before).as("growth of the heap in " + weights).isLessThan(NOISE);
    }

    private static long lightest(List<Long> weights) {
        return weights.stream().mapToLong(Long::longValue).min().orElseThrow();
    }

    static long heapAfterCollection() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}

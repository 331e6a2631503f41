package io.perfkit.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Names and SQL texts without end must not hold memory without end. */
class BoundedMemoryTest {
    private static final int MEGABYTE = 1 << 20;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final PerformanceMonitor monitor =
            PerformanceMonitor.builder(registry).maximumNames(50).build();

    @Test
    void distinctTextsAndNames_100000_holdTheHeapFlat() {
        flat(20_000, 100_000);
    }

    @Test
    @Tag("full")
    void distinctTextsAndNames_1000000_holdTheHeapFlat() {
        flat(20_000, 1_000_000);
    }

    private void flat(int first, int number) {
        use(0, first);
        long before = liveHeap();
        use(first, number);
        long after = liveHeap();

        assertThat(after - before).isLessThan(3 * MEGABYTE);
        assertThat(monitor.queries()).hasSizeLessThanOrEqualTo(1_001);
        assertThat(monitor.queryRecorder().cachedTexts()).isLessThanOrEqualTo(10_000);
        assertThat(monitor.calls()).hasSize(51);
        assertThat(registry.getMeters().stream().filter(meter -> !(meter instanceof Gauge)))
                .hasSizeLessThan(2 * 2 * 51 + 20);
        assertThat(registry.get("perfkit.queries.folded").counter().count()).isPositive();
    }

    private void use(int from, int to) {
        QueryRecorder recorder = monitor.queryRecorder();
        for (int i = from; i < to; i++) {
            recorder.executed(recorder.query("select a" + i + " from t where b = " + i), recorder.nanoTime(), false);
            monitor.timed("name-" + i, () -> {});
        }
    }

    private static long liveHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Test
    void hugeTexts_areBoundedByTheirCharacters() {
        GenerationalCache<String> cache = new GenerationalCache<>(10_000, 1_000_000, text -> "value");
        for (int i = 0; i < 1_000; i++) {
            cache.get(i + "x".repeat(50_000));
        }
        assertThat(cache.size()).isLessThanOrEqualTo(21);
        cache.get("y".repeat(600_000));
        assertThat(cache.getIfPresent("y".repeat(600_000))).isNull();
    }

    @Test
    void textInUse_survivesAFloodOfTextsUsedOnce() {
        int[] computed = new int[1];
        GenerationalCache<String> cache = new GenerationalCache<>(100, 1_000_000, text -> {
            if (text.equals("hot")) {
                computed[0]++;
            }
            return text;
        });
        for (int i = 0; i < 10_000; i++) {
            cache.get("once-" + i);
            cache.get("hot");
        }
        assertThat(computed[0]).isEqualTo(1);
        assertThat(cache.size()).isLessThanOrEqualTo(101);
    }
}

package io.perfkit.batching.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.batching.Batcher;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatchingMetricsTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final BatchingMetrics metrics = new BatchingMetrics();

    private Batcher<Integer, Integer> batcher() {
        return Batcher.<Integer, Integer>builder("users", keys -> {
                    if (keys.contains(13)) {
                        throw new IllegalStateException("bad");
                    }
                    Map<Integer, Integer> values = new HashMap<>();
                    keys.forEach(key -> values.put(key, key));
                    return values;
                })
                .listener(metrics)
                .build();
    }

    @Test
    void meters_ofABatcher_boundBeforeOrAfter_haveItsFigures() {
        SimpleMeterRegistry before = new SimpleMeterRegistry();
        metrics.bindTo(before);
        Batcher<Integer, Integer> batcher = batcher();
        metrics.bindTo(registry);
        metrics.bindTo(registry);
        batcher.getAll(List.of(1, 2, 3));
        assertThat(batcher.getAllResults(List.of(13))).hasSize(1);
        for (SimpleMeterRegistry each : List.of(before, registry)) {
            assertThat(each.get("perfkit.batching.calls")
                            .tag("batcher", "users")
                            .functionCounter()
                            .count())
                    .isEqualTo(4);
            assertThat(each.get("perfkit.batching.failed").functionCounter().count())
                    .isEqualTo(1);
            assertThat(each.get("perfkit.batching.pending").gauge().value()).isZero();
            assertThat(each.get("perfkit.batching.batch.size").summary().count())
                    .isEqualTo(2);
            assertThat(each.get("perfkit.batching.batch.size").summary().totalAmount())
                    .isEqualTo(4);
            assertThat(each.get("perfkit.batching.load").timer().count()).isEqualTo(2);
            assertThat(each.get("perfkit.batching.wait").timer().count()).isEqualTo(2);
        }
    }

    @Test
    void batcher_builtAgainUnderItsName_takesThePlaceOfTheOneBefore() {
        metrics.bindTo(registry);
        batcher().getAll(List.of(1, 2, 3));
        Batcher<Integer, Integer> second = batcher();
        assertThat(second.get(1)).isEqualTo(1);
        assertThat(registry.get("perfkit.batching.calls").functionCounter().count())
                .isEqualTo(1);
    }
}

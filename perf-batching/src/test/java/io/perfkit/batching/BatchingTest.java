package io.perfkit.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BatchingTest {
    private record Row(int id, @Nullable Integer userId) {}

    private final RecordingLoader loader = new RecordingLoader();

    @Test
    void enrich_asksEachKeyOnceInOneCallAndKeepsTheRows() {
        Batcher<Integer, String> users = Batcher.of("users", loader);
        List<Row> rows = List.of(new Row(1, 7), new Row(2, 8), new Row(3, 7), new Row(4, null));

        List<String> enriched = Batching.enrich(rows, Row::userId, users, (row, user) -> row.id() + "=" + user);

        assertThat(enriched).containsExactly("1=v7", "2=v8", "3=v7", "4=null");
        assertThat(loader.asked).containsExactly(List.of(7, 8));
    }

    @Test
    void enrich_moreKeysThanABatchHolds_isSplit() {
        Batcher<Integer, String> users =
                Batcher.builder("users", loader).maximumBatchSize(10).build();
        List<Integer> rows = IntStream.range(0, 95).boxed().toList();

        List<String> enriched = Batching.enrich(rows, row -> row, users, (row, user) -> user);

        assertThat(enriched).hasSize(95).startsWith("v0", "v1").endsWith("v94");
        assertThat(loader.asked).allMatch(keys -> keys.size() <= 10);
    }

    @Test
    void enrich_noRows_doesNotCallTheLoader() {
        Batcher<Integer, String> users = Batcher.of("users", loader);

        assertThat(Batching.enrich(List.<Row>of(), Row::userId, users, (row, user) -> user))
                .isEmpty();
        assertThat(loader.asked).isEmpty();
    }

    @Test
    void enrich_loaderFails_throwsItsFailure() {
        Batcher<Integer, String> users = Batcher.of("users", keys -> {
            throw new IllegalStateException("down");
        });

        assertThatThrownBy(() -> Batching.enrich(List.of(1), row -> row, users, (row, user) -> user))
                .isInstanceOf(BatchLoadException.class)
                .hasMessage("batcher 'users': the loader failed for the key 1: java.lang.IllegalStateException: down")
                .hasCauseInstanceOf(IllegalStateException.class);
    }
}

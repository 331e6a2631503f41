package io.perfkit.batching.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.perfkit.batching.Chunks;
import io.perfkit.batching.ChunksCheckpoint;
import io.perfkit.batching.ChunksListener;
import io.perfkit.batching.ChunksReport;
import io.perfkit.batching.ChunksStats;
import io.perfkit.batching.Parallel;
import io.perfkit.batching.Result;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The code of docs/parallel.md and docs/chunks.md, compiled and run; docs-check compares. */
class ParallelAndChunksPagesTest {
    record Product(int id) {}

    record Price(int product, int cents) {}

    record Order(int id) {}

    private interface Client {
        Price priceOf(Product product);
    }

    private interface Shop {
        void show(Price price);
    }

    private interface Progress {
        String read();

        void write(String checkpoint);
    }

    private interface Transaction {
        void run(Runnable work);
    }

    private final Client client = product -> new Price(product.id(), product.id() * 100);
    private final List<Product> products =
            IntStream.range(0, 100).mapToObj(Product::new).toList();
    private final List<Product> catalogue = products;
    private final List<Order> orders =
            IntStream.range(0, 2_500).mapToObj(Order::new).toList();
    private final Set<Order> archive = Collections.synchronizedSet(ConcurrentHashMap.newKeySet());

    @Test
    void parallel_ofThePage_runs() {
        List<Price> prices = Parallel.map(products, 8, product -> client.priceOf(product));
        assertThat(prices).hasSize(100);
    }

    @Test
    void stream_ofThePage_runs() {
        int[] shown = {0};
        Shop shop = price -> shown[0]++;
        try (Stream<Price> prices = Parallel.stream(catalogue.stream(), 8, product -> client.priceOf(product))) {
            prices.forEach(price -> shop.show(price));
        }
        assertThat(shown[0]).isEqualTo(100);
    }

    @Test
    void results_ofThePage_run() {
        Bulkhead bulkhead = Bulkhead.ofDefaults("client");
        Parallel parallel = Parallel.builder(8).bulkhead(bulkhead).build();
        List<Result<Price>> results = parallel.mapResults(products, product -> client.priceOf(product));
        assertThat(results).allMatch(Result::isSuccess);
    }

    @Test
    void chunks_ofThePage_run() {
        ChunksReport report = Chunks.of(orders.stream(), 1_000).forEach(chunk -> archive.addAll(chunk.items()));
        assertThat(report.items()).isEqualTo(2_500);
    }

    @Test
    void resumedChunks_ofThePage_run() {
        String[] stored = {"1:1000:1"};
        Progress progress = new Progress() {
            @Override
            public String read() {
                return stored[0];
            }

            @Override
            public void write(String checkpoint) {
                stored[0] = checkpoint;
            }
        };
        ChunksReport report = Chunks.<Order>builder(orders.stream(), 1_000)
                .workers(4)
                .totalItems(5_000_000)
                .resume(ChunksCheckpoint.parse(progress.read()))
                .listener(new ChunksListener() {
                    @Override
                    public void chunkDone(ChunksCheckpoint checkpoint, ChunksStats stats) {
                        progress.write(checkpoint.toString());
                    }
                })
                .build()
                .forEach(chunk -> archive.addAll(chunk.items()));
        assertThat(report.items()).isEqualTo(1_500);
        assertThat(stored[0]).isEqualTo("1:1000:3");
    }

    @Test
    void exactlyOnce_ofThePage_runs() {
        Set<Long> recorded = ConcurrentHashMap.newKeySet();
        Transaction transaction = Runnable::run;
        Chunks.<Order>builder(orders.stream(), 1_000)
                .workers(4)
                .skipChunks(number -> recorded.contains(number))
                .build()
                .forEach(chunk -> transaction.run(() -> {
                    archive.addAll(chunk.items());
                    recorded.add(chunk.number());
                }));
        assertThat(recorded).containsExactlyInAnyOrder(0L, 1L, 2L);
        assertThat(archive).hasSize(2_500);
    }
}

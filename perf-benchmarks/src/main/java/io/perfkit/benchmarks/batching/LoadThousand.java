package io.perfkit.benchmarks.batching;

import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.dataloader.DataLoader;
import org.dataloader.DataLoaderFactory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.infra.Blackhole;

/**
 * One request asks for 1,000 different users one by one, as nested resolvers do, and waits for all of them: 1,000 calls of
 * {@code load}, then every future joined. One operation is the whole request.
 *
 * <p>The {@code Batcher} lives as long as the application and is told nothing; java-dataloader gets a new loader for the
 * request, as its documentation demands, and is dispatched once, at the best moment, by hand.
 */
@Line("batching.load_1000")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class LoadThousand {

    @Benchmark
    @Side(Side.OURS)
    public void ours(UserBatcher users, Blackhole blackhole) {
        List<CompletableFuture<Users.User>> futures = new ArrayList<>(Users.IDS.size());
        for (Long id : Users.IDS) {
            futures.add(users.batcher.load(id));
        }
        consume(futures, blackhole);
    }

    @Benchmark
    @Side("java-dataloader")
    public void javaDataloader(Blackhole blackhole) {
        DataLoader<Long, Users.User> loader =
                DataLoaderFactory.newMappedDataLoader(ids -> CompletableFuture.completedFuture(Users.findAllById(ids)));
        List<CompletableFuture<Users.User>> futures = new ArrayList<>(Users.IDS.size());
        for (Long id : Users.IDS) {
            futures.add(loader.load(id));
        }
        blackhole.consume(loader.dispatch());
        consume(futures, blackhole);
    }

    private static void consume(List<CompletableFuture<Users.User>> futures, Blackhole blackhole) {
        for (CompletableFuture<Users.User> future : futures) {
            blackhole.consume(future.join());
        }
    }
}

package io.perfkit.benchmarks.batching;

import com.pivovarit.collectors.ParallelCollectors;
import io.perfkit.batching.Parallel;
import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.infra.Blackhole;

/**
 * 10,000 tasks of about a microsecond each on four threads, their results as a list in the order of the items. Tasks this
 * small are nothing that one would do in parallel: what is seen is what one task costs beside its work.
 */
@Line("batching.parallel_map_10k")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class ParallelMap {

    private static final int THREADS = 4;
    private static final int TOKENS = 500;
    private static final List<Integer> ITEMS =
            IntStream.range(0, 10_000).boxed().toList();

    /** The same for every side. */
    private static Long square(int item) {
        Blackhole.consumeCPU(TOKENS);
        return (long) item * item;
    }

    @Benchmark
    @Side(Side.OURS)
    public List<Long> ours() {
        return Parallel.map(ITEMS, THREADS, ParallelMap::square);
    }

    @Benchmark
    @Side("parallel-collectors")
    public List<Long> parallelCollectors(Pool pool) {
        return ITEMS.stream()
                .collect(ParallelCollectors.parallel(ParallelMap::square, Collectors.toList(), pool.executor, THREADS))
                .join();
    }

    @Benchmark
    @Side("executor-service")
    public List<Long> executorService(Pool pool) throws InterruptedException, ExecutionException {
        List<Callable<Long>> tasks = new ArrayList<>(ITEMS.size());
        for (Integer item : ITEMS) {
            tasks.add(() -> square(item));
        }
        List<Long> squares = new ArrayList<>(ITEMS.size());
        for (Future<Long> future : pool.executor.invokeAll(tasks)) {
            squares.add(future.get());
        }
        return squares;
    }

    /** What the peers are given. */
    @State(Scope.Benchmark)
    public static class Pool {

        private ExecutorService executor;

        @Setup
        public void open() {
            executor = Executors.newFixedThreadPool(THREADS);
        }

        @TearDown
        public void close() {
            executor.shutdown();
        }
    }
}

package io.perfkit.benchmarks.batching;

import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import java.util.LinkedHashSet;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Threads;

/**
 * One thread asks for 1,000 users that it knows beforehand: {@code getAll(ids)}, which makes the bulk call on the calling
 * thread, against the bulk call made by hand. {@code perfkit-load-all}, for the record, is {@code loadAll(ids).join()},
 * which makes it on a thread of the batcher and so also costs two hand-overs between threads.
 */
@Line("batching.load_all_1000")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class LoadAllThousand {

    @Benchmark
    @Side(Side.OURS)
    public Object ours(UserBatcher users) {
        return users.batcher.getAll(Users.IDS);
    }

    @Benchmark
    @Side("perfkit-load-all")
    public Object perfkitLoadAll(UserBatcher users) {
        return users.batcher.loadAll(Users.IDS).join();
    }

    @Benchmark
    @Side("hand-written")
    public Object handWritten() {
        return Users.findAllById(new LinkedHashSet<>(Users.IDS));
    }
}

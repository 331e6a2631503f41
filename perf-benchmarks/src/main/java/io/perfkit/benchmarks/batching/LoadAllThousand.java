package io.perfkit.benchmarks.batching;

import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import java.util.LinkedHashSet;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Threads;

/**
 * One thread asks for 1,000 users that it knows beforehand and waits for them: {@code loadAll(ids).join()}, which runs the
 * bulk call on a thread of the batcher, against the bulk call made by hand. {@code perfkit-get-all}, for the record, is the
 * blocking {@code getAll}, which makes the bulk call on the calling thread.
 */
@Line("batching.load_all_1000")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class LoadAllThousand {

    @Benchmark
    @Side(Side.OURS)
    public Object ours(UserBatcher users) {
        return users.batcher.loadAll(Users.IDS).join();
    }

    @Benchmark
    @Side("perfkit-get-all")
    public Object perfkitGetAll(UserBatcher users) {
        return users.batcher.getAll(Users.IDS);
    }

    @Benchmark
    @Side("hand-written")
    public Object handWritten() {
        return Users.findAllById(new LinkedHashSet<>(Users.IDS));
    }
}

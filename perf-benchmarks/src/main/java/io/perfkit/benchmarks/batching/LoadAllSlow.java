package io.perfkit.benchmarks.batching;

import io.perfkit.batching.Batcher;
import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * As {@link LoadAllThousand}, with a bulk call that takes a millisecond in which its thread waits, as for a database. Here
 * {@code ours} is {@code loadAll(ids).join()}, which hands the call to a thread of the batcher and the answer back.
 */
@Line("batching.load_all_1000_1ms")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class LoadAllSlow {

    @Benchmark
    @Side(Side.OURS)
    public Object ours(Slow slow) {
        return slow.users.loadAll(Users.IDS).join();
    }

    @Benchmark
    @Side("perfkit-get-all")
    public Object perfkitGetAll(Slow slow) {
        return slow.users.getAll(Users.IDS);
    }

    @Benchmark
    @Side("hand-written")
    public Object handWritten() throws InterruptedException {
        return Slow.findAllById(new LinkedHashSet<>(Users.IDS));
    }

    /** A batcher in front of a source that takes its time. */
    @State(Scope.Benchmark)
    public static class Slow {

        private Batcher<Long, Users.User> users;

        static Map<Long, Users.User> findAllById(Set<Long> ids) throws InterruptedException {
            TimeUnit.MILLISECONDS.sleep(1);
            return Users.findAllById(ids);
        }

        @Setup
        public void open() {
            users = Batcher.<Long, Users.User>builder("users", Slow::findAllById)
                    .maximumBatchSize(Users.IDS.size())
                    .build();
        }

        @TearDown
        public void close() {
            users.close();
        }
    }
}

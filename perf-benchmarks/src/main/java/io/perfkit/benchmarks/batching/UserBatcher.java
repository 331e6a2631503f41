package io.perfkit.benchmarks.batching;

import io.perfkit.batching.Batcher;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The batcher of an application, with its defaults but for the size of a batch, so that 1,000 users fit in one. */
@State(Scope.Benchmark)
public class UserBatcher {

    Batcher<Long, Users.User> batcher;

    /** Builds it. */
    @Setup
    public void open() {
        batcher = Batcher.<Long, Users.User>builder("users", Users::findAllById)
                .maximumBatchSize(Users.IDS.size())
                .build();
    }

    /** Drains it. */
    @TearDown
    public void close() {
        batcher.close();
    }
}

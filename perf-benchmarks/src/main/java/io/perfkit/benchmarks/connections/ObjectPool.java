package io.perfkit.benchmarks.connections;

import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import io.perfkit.connections.BoundedPool;
import io.perfkit.connections.Lease;
import java.time.Duration;
import org.apache.commons.pool2.BasePooledObjectFactory;
import org.apache.commons.pool2.PooledObject;
import org.apache.commons.pool2.impl.DefaultPooledObject;
import org.apache.commons.pool2.impl.GenericObjectPool;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/** An object taken from a pool of ten and given back at once, by two threads; nobody ever waits. */
@Line("connections.object_pool.2t")
@BenchmarkMode(Mode.AverageTime)
@Threads(2)
public class ObjectPool {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @Benchmark
    @Side(Side.OURS)
    public Object ours(Ours ours) {
        try (Lease<Object> lease = ours.pool.acquire(SECOND)) {
            return lease.value();
        }
    }

    @Benchmark
    @Side("commons-pool2")
    public Object commonsPool2(Commons commons) throws Exception {
        Object object = commons.pool.borrowObject();
        commons.pool.returnObject(object);
        return object;
    }

    /** A bounded pool in which a running thread may pass. */
    @State(Scope.Benchmark)
    public static class Ours {

        private BoundedPool<Object> pool;

        @Setup
        public void open() {
            pool = BoundedPool.<Object>builder("benchmark", Object::new)
                    .size(Pools.SIZE)
                    .passFor(Duration.ofMillis(1))
                    .build();
        }

        @TearDown
        public void close() {
            pool.close();
        }
    }

    /** The general object pool of Apache Commons, with its defaults. */
    @State(Scope.Benchmark)
    public static class Commons {

        private GenericObjectPool<Object> pool;

        @Setup
        public void open() throws Exception {
            pool = new GenericObjectPool<>(new BasePooledObjectFactory<>() {
                @Override
                public Object create() {
                    return new Object();
                }

                @Override
                public PooledObject<Object> wrap(Object object) {
                    return new DefaultPooledObject<>(object);
                }
            });
            pool.setMaxTotal(Pools.SIZE);
            pool.setMaxIdle(Pools.SIZE);
            pool.addObjects(Pools.SIZE);
        }

        @TearDown
        public void close() {
            pool.close();
        }
    }
}

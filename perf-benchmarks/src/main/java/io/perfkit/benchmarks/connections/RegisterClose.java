package io.perfkit.benchmarks.connections;

import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import io.perfkit.connections.ConnectionRegistry;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * A connection registered and closed again, by two threads with an owner each. By hand it is a map of connections and two
 * counters, which expires nothing and leaves the closing to its caller.
 */
@Line("connections.registry_register_close.2t")
@BenchmarkMode(Mode.AverageTime)
@Threads(2)
public class RegisterClose {

    @Benchmark
    @Side(Side.OURS)
    public void ours(Ours ours, Owner owner) {
        ours.registry.register(owner.name, owner).close();
    }

    @Benchmark
    @Side("by-hand")
    public boolean byHand(ByHand byHand, Owner owner) {
        if (byHand.total.incrementAndGet() > ByHand.MAXIMUM) {
            byHand.total.decrementAndGet();
            return false;
        }
        AtomicInteger own = byHand.owners.computeIfAbsent(owner.name, name -> new AtomicInteger());
        if (own.incrementAndGet() > ByHand.PER_OWNER) {
            own.decrementAndGet();
            byHand.total.decrementAndGet();
            return false;
        }
        byHand.connections.put(owner, owner.name);
        byHand.connections.remove(owner);
        byHand.owners.computeIfPresent(owner.name, (name, count) -> count.decrementAndGet() == 0 ? null : count);
        byHand.total.decrementAndGet();
        return true;
    }

    /** Each thread's owner, who is the connection too. */
    @State(Scope.Thread)
    public static class Owner {

        private final String name = "user " + Thread.currentThread().getId();
    }

    /** A registry that is otherwise empty. */
    @State(Scope.Benchmark)
    public static class Ours {

        private ConnectionRegistry<String, Owner> registry;

        @Setup
        public void open() {
            registry = ConnectionRegistry.<String, Owner>builder("benchmark")
                    .maximumTotal(ByHand.MAXIMUM)
                    .maximumPerOwner(ByHand.PER_OWNER)
                    .idleAfter(Duration.ofMinutes(5))
                    .onClose((connection, reason) -> {})
                    .build();
        }

        @TearDown
        public void close() {
            registry.close();
        }
    }

    /** What one writes oneself. */
    @State(Scope.Benchmark)
    public static class ByHand {

        private static final int MAXIMUM = 1_000;
        private static final int PER_OWNER = 5;

        private final AtomicInteger total = new AtomicInteger();
        private final ConcurrentHashMap<String, AtomicInteger> owners = new ConcurrentHashMap<>();
        private final ConcurrentHashMap<Owner, String> connections = new ConcurrentHashMap<>();
    }
}

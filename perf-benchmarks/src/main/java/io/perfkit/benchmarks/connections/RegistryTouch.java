package io.perfkit.benchmarks.connections;

import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import io.perfkit.connections.ConnectionRegistry;
import io.perfkit.connections.Registration;
import java.time.Duration;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/** Marks one of 1,000 registered connections as not idle, as each message on a socket does. */
@Line("connections.registry_touch")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class RegistryTouch {

    @Benchmark
    @Side(Side.OURS)
    public void ours(Registered registered) {
        registered.next().touch();
    }

    /** A registry of 1,000 connections of 200 owners. */
    @State(Scope.Benchmark)
    public static class Registered {

        private static final int CONNECTIONS = 1_000;

        private final Registration[] registrations = new Registration[CONNECTIONS];
        private ConnectionRegistry<String, Integer> registry;
        private int position;

        Registration next() {
            position = position + 1 == CONNECTIONS ? 0 : position + 1;
            return registrations[position];
        }

        /** Registers them. */
        @Setup
        public void register() {
            registry = ConnectionRegistry.<String, Integer>builder("sockets")
                    .maximumTotal(CONNECTIONS)
                    .maximumPerOwner(5)
                    .idleAfter(Duration.ofMinutes(5))
                    .onClose((connection, reason) -> {})
                    .build();
            for (int i = 0; i < CONNECTIONS; i++) {
                registrations[i] = registry.register("user " + i / 5, i);
            }
        }

        /** Closes all. */
        @TearDown
        public void close() {
            registry.close();
        }
    }
}

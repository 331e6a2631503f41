package io.perfkit.benchmarks.connections;

import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import io.perfkit.connections.ConnectionRegistry;
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
 * One message of one kilobyte to 1,000 connections, until the last has it. By hand it is a loop over a map, which one slow
 * peer holds up.
 */
@Line("connections.broadcast.1000")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class Broadcast {

    private static final int CONNECTIONS = 1_000;
    private static final byte[] MESSAGE = new byte[1_024];

    @Benchmark
    @Side(Side.OURS)
    public void ours(Ours ours) {
        AtomicInteger left = new AtomicInteger(CONNECTIONS);
        ours.registry.broadcast(peer -> {
            peer.receive();
            left.decrementAndGet();
        });
        while (left.get() > 0) {
            Thread.onSpinWait();
        }
    }

    @Benchmark
    @Side("by-hand")
    public void byHand(ByHand byHand) {
        byHand.peers.keySet().forEach(Peer::receive);
    }

    /** Copies what it is sent, as the buffer of a socket does. */
    static final class Peer {

        private final byte[] buffer = new byte[MESSAGE.length];

        void receive() {
            System.arraycopy(MESSAGE, 0, buffer, 0, MESSAGE.length);
        }
    }

    /** A registry of 1,000 connections. */
    @State(Scope.Benchmark)
    public static class Ours {

        private ConnectionRegistry<Integer, Peer> registry;

        @Setup
        public void open() {
            registry = ConnectionRegistry.<Integer, Peer>builder("benchmark")
                    .maximumTotal(CONNECTIONS)
                    .onClose((connection, reason) -> {})
                    .build();
            for (int i = 0; i < CONNECTIONS; i++) {
                registry.register(i, new Peer());
            }
        }

        @TearDown
        public void close() {
            registry.close();
        }
    }

    /** A map of 1,000 connections. */
    @State(Scope.Benchmark)
    public static class ByHand {

        private final ConcurrentHashMap<Peer, Integer> peers = new ConcurrentHashMap<>();

        @Setup
        public void open() {
            for (int i = 0; i < CONNECTIONS; i++) {
                peers.put(new Peer(), i);
            }
        }
    }
}

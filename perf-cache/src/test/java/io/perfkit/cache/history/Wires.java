package io.perfkit.cache.history;

import io.perfkit.testkit.RedisServer;
import io.perfkit.testkit.proxy.FaultProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The wires from one node to its servers: two to each, used in turn by new connections. So two connections of a node can
 * be disturbed differently, and what is sent on one may overtake what was sent on the other.
 */
final class Wires implements AutoCloseable {

    private static final int WIRES = 2;

    private final Map<Integer, List<FaultProxy>> byPort = new HashMap<>();
    private final AtomicInteger turn = new AtomicInteger();

    Wires(List<RedisServer> servers) {
        for (RedisServer server : servers) {
            List<FaultProxy> wires = new ArrayList<>();
            for (int i = 0; i < WIRES; i++) {
                wires.add(FaultProxy.to(server.host(), server.port()));
            }
            byPort.put(server.port(), wires);
        }
    }

    /** The port for the next connection to the server that listens on a port. */
    int portTo(int serverPort) {
        return byPort.get(serverPort)
                .get(Math.floorMod(turn.getAndIncrement(), WIRES))
                .port();
    }

    private List<FaultProxy> all() {
        return byPort.values().stream().flatMap(List::stream).toList();
    }

    /** Disturbs the wires, or half of them, until {@link #heal}. Returns when it has begun. */
    void disturb(Fault fault, Random random) {
        boolean half = random.nextInt(3) == 0;
        int which = random.nextInt(WIRES);
        for (List<FaultProxy> wires : byPort.values()) {
            for (int i = 0; i < WIRES; i++) {
                if (!half || i == which) {
                    disturb(wires.get(i), fault, random);
                }
            }
        }
    }

    private static void disturb(FaultProxy wire, Fault fault, Random random) {
        switch (fault) {
            case DELAY -> wire.delay(Duration.ofMillis(1 + random.nextInt(random.nextBoolean() ? 60 : 700)));
            case DROP -> wire.drop();
            case HALF_OPEN -> wire.halfOpen();
            case STALL -> wire.stall();
            case CUT -> wire.cut();
            case REFUSE -> wire.refuse();
            default -> throw new IllegalArgumentException(fault + " is not a fault of a wire");
        }
    }

    /** Takes the faults away; what fell silent is cut, or left for the node to find out. */
    void heal(boolean cut) {
        for (FaultProxy wire : all()) {
            wire.heal();
            if (cut) {
                wire.cut();
            }
        }
    }

    @Override
    public void close() {
        all().forEach(FaultProxy::close);
    }

    static void pause(long nanos) {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}

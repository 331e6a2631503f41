package io.perfkit.cache.history;

import io.perfkit.cache.SharedTier;
import io.perfkit.testkit.RedisCluster;
import io.perfkit.testkit.RedisServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** A Redis Cluster of three masters, which each node reaches over wires to each of them. */
final class ClusterSite implements Site {

    private final RedisCluster cluster;
    private final List<Wires> wires = new ArrayList<>();
    private final Clients clients = new Clients();

    ClusterSite(int nodes) {
        cluster = RedisCluster.start("appendonly yes");
        for (int i = 0; i < nodes; i++) {
            wires.add(new Wires(cluster.nodes()));
        }
    }

    @Override
    public Wires wires(int node) {
        return wires.get(node);
    }

    @Override
    public SharedTier tier(int node) {
        return clients.toCluster(cluster.uris(), asked -> wires.get(node).portTo(asked));
    }

    @Override
    public List<Fault> faults() {
        return List.of(Fault.MOVE, Fault.EVICTION, Fault.CLIENT_PAUSE, Fault.KILL, Fault.FREEZE, Fault.EMPTY);
    }

    @Override
    public void disturb(Fault fault, Random random, long nanos) {
        RedisServer server = cluster.nodes().get(random.nextInt(cluster.nodes().size()));
        switch (fault) {
            case MOVE -> move(random, nanos);
            case EVICTION -> Evictions.run(cluster.nodes(), random, nanos);
            case CLIENT_PAUSE -> {
                server.command("CLIENT", "PAUSE", Long.toString(TimeUnit.NANOSECONDS.toMillis(nanos)), "ALL");
                Wires.pause(nanos);
            }
            case KILL -> {
                server.kill();
                Wires.pause(nanos / 2);
                server.start();
            }
            case FREEZE -> {
                server.pause();
                Wires.pause(nanos);
                server.resume();
            }
            case EMPTY -> {
                // One that is started empty would not know its cluster any more.
                server.command("FLUSHALL");
                Wires.pause(nanos / 2);
            }
            default -> throw new IllegalArgumentException(fault + " is not a fault of a cluster");
        }
    }

    /** Moves slots that hold keys of the cache from master to master, that of the log as often as all others. */
    private void move(Random random, long nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            RedisServer any = cluster.nodes().get(random.nextInt(cluster.nodes().size()));
            List<String> keys = Evictions.keysOf(any);
            List<String> ofTheLog =
                    keys.stream().filter(key -> !key.endsWith("}")).toList();
            List<String> of = ofTheLog.isEmpty() || random.nextBoolean() ? keys : ofTheLog;
            if (!of.isEmpty()) {
                int slot = cluster.slotOf(of.get(random.nextInt(of.size())));
                RedisServer from = cluster.nodeOf(slot);
                int other = (cluster.nodes().indexOf(from) + 1 + random.nextInt(2)) % 3;
                cluster.moveSlot(slot, from, cluster.nodes().get(other));
            }
            Wires.pause(TimeUnit.MILLISECONDS.toNanos(random.nextInt(100)));
        }
    }

    @Override
    public void close() {
        clients.close();
        wires.forEach(Wires::close);
        cluster.close();
    }
}

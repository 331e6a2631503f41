package io.perfkit.cache.history;

import io.perfkit.cache.spi.SharedTier;
import io.perfkit.testkit.RedisCluster;
import io.perfkit.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * A Redis Cluster of three masters, each with a replica, which each node reaches over wires to each of them. A failover
 * loses what the replica missed.
 */
final class ClusterSite implements Site {

    private final RedisCluster cluster;
    private final List<Wires> wires = new ArrayList<>();
    private final Clients clients = new Clients();

    ClusterSite(int nodes) {
        cluster = RedisCluster.startWithReplicas("appendonly yes");
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
        return List.of(
                Fault.MOVE, Fault.EVICTION, Fault.CLIENT_PAUSE, Fault.KILL, Fault.FREEZE, Fault.EMPTY, Fault.FAILOVER);
    }

    @Override
    public void disturb(Fault fault, Random random, long nanos) {
        List<RedisServer> masters = cluster.masters();
        RedisServer server = masters.get(random.nextInt(masters.size()));
        switch (fault) {
            case MOVE -> move(masters, random, nanos);
            case EVICTION -> Evictions.run(masters, random, nanos);
            case FAILOVER -> {
                // That of the head and the log more often than one that only has entries.
                RedisServer victim = random.nextBoolean() ? server : ofTheLog(masters, server);
                cluster.failOver(victim, Duration.ofNanos(nanos / 2));
            }
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
    private void move(List<RedisServer> masters, Random random, long nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            RedisServer any = masters.get(random.nextInt(masters.size()));
            List<String> keys = Evictions.keysOf(any);
            List<String> ofTheLog =
                    keys.stream().filter(key -> !key.endsWith("}")).toList();
            List<String> of = ofTheLog.isEmpty() || random.nextBoolean() ? keys : ofTheLog;
            if (!of.isEmpty()) {
                int slot = cluster.slotOf(of.get(random.nextInt(of.size())));
                RedisServer from = cluster.nodeOf(slot);
                int other = (masters.indexOf(from) + 1 + random.nextInt(2)) % 3;
                cluster.moveSlot(slot, from, masters.get(other));
            }
            Wires.pause(TimeUnit.MILLISECONDS.toNanos(random.nextInt(100)));
        }
    }

    private static RedisServer ofTheLog(List<RedisServer> masters, RedisServer otherwise) {
        return masters.stream()
                .filter(master -> Evictions.keysOf(master).stream().anyMatch(key -> !key.endsWith("}")))
                .findFirst()
                .orElse(otherwise);
    }

    @Override
    public void close() {
        clients.close();
        wires.forEach(Wires::close);
        cluster.close();
    }
}

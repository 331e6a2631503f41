package io.perfkit.cache.history;

import io.perfkit.cache.spi.SharedTier;
import io.perfkit.testkit.RedisServer;
import io.perfkit.testkit.TestServerException;
import io.perfkit.testkit.proxy.FaultProxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * A primary and its replica, which change their roles at every failover. Nodes ask for the primary and are led to
 * whoever has that role, as by a name service.
 */
final class SingleSite implements Site {

    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(20);

    private final List<RedisServer> servers = new ArrayList<>();
    /** To each server, for the other one to be its replica. */
    private final List<FaultProxy> replication = new ArrayList<>();

    private final List<Wires> wires = new ArrayList<>();
    private final Clients clients = new Clients();
    private volatile int primary;

    SingleSite(int nodes) {
        try {
            for (int i = 0; i < 2; i++) {
                // What was acknowledged survives a kill, as far as it was this server that acknowledged it.
                servers.add(RedisServer.startNew("appendonly yes"));
                replication.add(
                        FaultProxy.to(servers.get(i).host(), servers.get(i).port()));
            }
            follow(1, 0);
            for (int i = 0; i < nodes; i++) {
                wires.add(new Wires(servers));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void follow(int replica, int of) {
        servers.get(replica)
                .command(
                        "REPLICAOF",
                        replication.get(of).host(),
                        Integer.toString(replication.get(of).port()));
        long deadline = System.nanoTime() + PATIENCE;
        while (!isFollowing(replica)) {
            if (System.nanoTime() > deadline) {
                throw new TestServerException(servers.get(replica) + " does not follow its primary");
            }
            Thread.onSpinWait();
        }
    }

    private boolean isFollowing(int replica) {
        return Objects.toString(servers.get(replica).command("INFO", "replication"))
                .contains("master_link_status:up");
    }

    @Override
    public Wires wires(int node) {
        return wires.get(node);
    }

    @Override
    public SharedTier tier(int node) {
        return clients.toOne(
                servers.get(0).uri(),
                asked -> wires.get(node).portTo(servers.get(primary).port()));
    }

    @Override
    public List<Fault> faults() {
        return List.of(Fault.CLIENT_PAUSE, Fault.FREEZE, Fault.KILL, Fault.EMPTY, Fault.FAILOVER, Fault.EVICTION);
    }

    @Override
    public void disturb(Fault fault, Random random, long nanos) {
        RedisServer server = servers.get(primary);
        switch (fault) {
            case CLIENT_PAUSE -> {
                server.command(
                        "CLIENT",
                        "PAUSE",
                        Long.toString(TimeUnit.NANOSECONDS.toMillis(nanos)),
                        random.nextBoolean() ? "ALL" : "WRITE");
                Wires.pause(nanos);
            }
            case FREEZE -> {
                server.pause();
                Wires.pause(nanos);
                server.resume();
            }
            case KILL -> {
                server.kill();
                Wires.pause(nanos / 2);
                server.start();
            }
            case EMPTY -> {
                server.kill();
                Wires.pause(random.nextBoolean() ? 0 : nanos / 2);
                server.startEmpty();
            }
            case FAILOVER -> failOver(random, nanos);
            case EVICTION -> Evictions.run(List.of(server), random, nanos);
            default -> throw new IllegalArgumentException(fault + " is not a fault of Redis");
        }
    }

    private void failOver(Random random, long nanos) {
        int old = primary;
        int next = 1 - old;
        long deadline = System.nanoTime() + PATIENCE;
        while (!isFollowing(next) && System.nanoTime() < deadline) {
            Wires.pause(TimeUnit.MILLISECONDS.toNanos(5));
        }
        // From here on the replica misses what is written.
        replication.get(old).stall();
        Wires.pause(nanos / 2);
        servers.get(old).kill();
        // What was held back must not arrive now.
        replication.get(old).refuse();
        servers.get(next).command("REPLICAOF", "NO", "ONE");
        if (random.nextBoolean()) {
            Wires.pause(nanos / 4);
        }
        primary = next;
        replication.get(old).heal();
        servers.get(old).startEmpty();
        follow(old, next);
    }

    @Override
    public void close() {
        clients.close();
        wires.forEach(Wires::close);
        replication.forEach(FaultProxy::close);
        servers.forEach(RedisServer::close);
    }
}

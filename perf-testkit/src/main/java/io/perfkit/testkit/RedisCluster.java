package io.perfkit.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A Redis Cluster of three masters, which share the 16384 slots evenly, with a replica each where that is asked for.
 *
 * <p>It starts in about three seconds; Redis itself makes a new cluster wait for two. A node that is killed and started
 * again comes back with its slots; one that is started empty has forgotten the cluster. No replica is promoted but by
 * {@link #failOver}.
 */
public final class RedisCluster implements AutoCloseable {
    /** The number of slots of every Redis Cluster. */
    public static final int SLOTS = 16_384;

    private static final int MASTERS = 3;
    private static final int KEYS_AT_ONCE = 100;

    private static final SharedServer<RedisCluster> SHARED =
            new SharedServer<>(RedisCluster::start, RedisCluster::isClosed, RedisCluster::revive);

    private final List<RedisServer> nodes;

    private RedisCluster(List<RedisServer> nodes) {
        this.nodes = List.copyOf(nodes);
        join();
    }

    /** The cluster that all tests of this JVM share. */
    public static RedisCluster shared() {
        return SHARED.get();
    }

    /**
     * A cluster of the caller's own, without replicas.
     *
     * @param extraConfiguration lines as in {@code redis.conf} for all nodes, for instance
     *     {@code "cluster-node-timeout 1000"}
     */
    public static RedisCluster start(String... extraConfiguration) {
        return start(MASTERS, extraConfiguration);
    }

    /**
     * A cluster of the caller's own, in which each master has a replica.
     *
     * @param extraConfiguration lines as in {@code redis.conf} for all nodes
     */
    public static RedisCluster startWithReplicas(String... extraConfiguration) {
        return start(2 * MASTERS, extraConfiguration);
    }

    private static RedisCluster start(int size, String... extraConfiguration) {
        List<RedisServer> nodes = new ArrayList<>();
        try {
            for (int i = 0; i < size; i++) {
                List<String> configuration =
                        new ArrayList<>(List.of("cluster-enabled yes", "cluster-replica-no-failover yes"));
                configuration.addAll(Arrays.asList(extraConfiguration));
                nodes.add(RedisServer.startNew(configuration.toArray(new String[0])));
            }
            return new RedisCluster(nodes);
        } catch (RuntimeException e) {
            nodes.forEach(RedisServer::close);
            throw e;
        }
    }

    private void join() {
        for (int i = 0; i < nodes.size(); i++) {
            RedisServer node = nodes.get(i);
            node.command("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
            if (i < MASTERS) {
                node.command(
                        "CLUSTER",
                        "ADDSLOTSRANGE",
                        Integer.toString(i * SLOTS / MASTERS),
                        Integer.toString((i + 1) * SLOTS / MASTERS - 1));
            }
            if (i > 0) {
                nodes.get(0)
                        .command(
                                "CLUSTER",
                                "MEET",
                                node.host(),
                                Integer.toString(node.port()),
                                Integer.toString(node.clusterPort()));
            }
        }
        awaitOk();
        for (int i = MASTERS; i < nodes.size(); i++) {
            nodes.get(i).command("CLUSTER", "REPLICATE", id(nodes.get(i - MASTERS)));
        }
        nodes.subList(MASTERS, nodes.size()).forEach(RedisCluster::awaitReplicating);
    }

    private static void awaitReplicating(RedisServer replica) {
        RedisReplicaSet.await(
                "the node on port " + replica.port() + " did not become a replica",
                () -> RedisReplicaSet.field(replica, "role").equals("slave")
                        && RedisReplicaSet.field(replica, "master_link_status").equals("up"));
    }

    private void awaitOk() {
        for (RedisServer node : nodes) {
            RedisReplicaSet.await("the node on port " + node.port() + " did not see the whole cluster", () -> {
                String info = Objects.toString(node.command("CLUSTER", "INFO"));
                return info.contains("cluster_state:ok\r\n")
                        && info.contains("cluster_slots_ok:" + SLOTS + "\r\n")
                        && info.contains("cluster_known_nodes:" + nodes.size() + "\r\n");
            });
        }
    }

    /** All nodes, whatever their role. */
    public List<RedisServer> nodes() {
        return nodes;
    }

    /** The three masters of now, by their own account. All nodes have to run. */
    public List<RedisServer> masters() {
        return nodes.stream().filter(RedisCluster::isMaster).toList();
    }

    private static boolean isMaster(RedisServer node) {
        return RedisReplicaSet.field(node, "role").equals("master");
    }

    /** The addresses of all nodes, as clients want them. */
    public List<String> uris() {
        return nodes.stream().map(RedisServer::uri).toList();
    }

    /** The slot that a key belongs to. */
    public int slotOf(String key) {
        Object slot = nodes.get(0).command("CLUSTER", "KEYSLOT", key);
        return Integer.parseInt(Objects.toString(slot));
    }

    /**
     * The node that owns a slot, by its own account.
     *
     * @throws TestServerException if none does
     */
    public RedisServer nodeOf(int slot) {
        checkSlot(slot);
        return nodes.stream()
                .filter(node -> node.isRunning() && owner(slot, node) == node.port())
                .findFirst()
                .orElseThrow(() -> new TestServerException("no running node of the cluster owns slot " + slot));
    }

    /**
     * Moves a slot with its keys from one node to another, as {@code redis-cli --cluster reshard} does: while it lasts,
     * clients are told {@code ASK}, afterwards {@code MOVED}. Returns when all nodes know.
     *
     * @throws TestServerException if {@code from} does not own the slot
     */
    public void moveSlot(int slot, RedisServer from, RedisServer to) {
        checkSlot(slot);
        String number = Integer.toString(slot);
        String idOfFrom = id(from);
        String idOfTo = id(to);
        to.command("CLUSTER", "SETSLOT", number, "IMPORTING", idOfFrom);
        from.command("CLUSTER", "SETSLOT", number, "MIGRATING", idOfTo);
        for (List<String> keys = keysIn(number, from); !keys.isEmpty(); keys = keysIn(number, from)) {
            List<String> migrate = new ArrayList<>(
                    List.of("MIGRATE", to.host(), Integer.toString(to.port()), "", "0", "5000", "REPLACE", "KEYS"));
            migrate.addAll(keys);
            from.command(migrate.toArray(new String[0]));
        }
        // The new owner first: a slot that nobody owns would be an error to clients.
        to.command("CLUSTER", "SETSLOT", number, "NODE", idOfTo);
        from.command("CLUSTER", "SETSLOT", number, "NODE", idOfTo);
        for (RedisServer node : nodes) {
            if (node != to && node != from && isMaster(node)) {
                node.command("CLUSTER", "SETSLOT", number, "NODE", idOfTo);
            }
        }
        for (RedisServer node : nodes) {
            RedisReplicaSet.await(
                    "the node on port " + node.port() + " did not learn of the new owner of slot " + slot,
                    () -> owner(slot, node) == to.port());
        }
    }

    /**
     * Kills a master whose replica has not received what was written in the end, and promotes the replica. The old master
     * comes back as the replica of the new one, and forgets what only it had. Returns when all nodes know.
     *
     * @param missed for how long the replica receives nothing before the master is killed
     * @return the new master
     * @throws TestServerException if the master has no replica that has caught up
     */
    public RedisServer failOver(RedisServer master, Duration missed) {
        RedisServer replica = nodes.stream()
                .filter(node -> node != master
                        && RedisReplicaSet.field(node, "master_port").equals(Integer.toString(master.port())))
                .findFirst()
                .orElseThrow(() -> new TestServerException(master + " has no replica to fail over to"));
        awaitReplicating(replica);
        // Its replica cannot come back: a master without a password refuses who gives one.
        replica.command("CONFIG", "SET", "masterauth", "nobody-knows");
        master.command("CLIENT", "KILL", "TYPE", "replica");
        RedisReplicaSet.await(
                "the replica kept its link",
                () -> RedisReplicaSet.field(replica, "master_link_status").equals("down"));
        ServerProcess.sleep(missed);
        master.kill();
        replica.command("CLUSTER", "FAILOVER", "TAKEOVER");
        RedisReplicaSet.await(replica + " was not promoted", () -> isMaster(replica));
        replica.command("CONFIG", "SET", "masterauth", "");
        master.start();
        awaitReplicating(master);
        awaitOk();
        return replica;
    }

    private static void checkSlot(int slot) {
        if (slot < 0 || slot >= SLOTS) {
            throw new IllegalArgumentException("slot must be between 0 and " + (SLOTS - 1) + ", but was " + slot);
        }
    }

    private static String id(RedisServer node) {
        return Objects.toString(node.command("CLUSTER", "MYID"));
    }

    private static List<String> keysIn(String slot, RedisServer node) {
        return list(node.command("CLUSTER", "GETKEYSINSLOT", slot, Integer.toString(KEYS_AT_ONCE))).stream()
                .map(String::valueOf)
                .toList();
    }

    /** The port of the owner of a slot as a node sees it; -1 if it knows of none. */
    private static int owner(int slot, RedisServer node) {
        // Each range is: first slot, last slot, then nodes as address, port, and more.
        for (Object element : list(node.command("CLUSTER", "SLOTS"))) {
            List<?> range = list(element);
            if ((Long) at(range, 0) <= slot && slot <= (Long) at(range, 1)) {
                return Math.toIntExact((Long) at(list(at(range, 2)), 1));
            }
        }
        return -1;
    }

    private static Object at(List<?> list, int index) {
        return Objects.requireNonNull(list.get(index), "Redis left out a part of its answer");
    }

    private static List<?> list(@Nullable Object reply) {
        if (reply instanceof List<?> list) {
            return list;
        }
        throw new TestServerException("Redis gave an unexpected answer: " + reply);
    }

    private boolean isClosed() {
        return nodes.stream().anyMatch(RedisServer::isClosed);
    }

    private void revive() {
        nodes.forEach(RedisServer::revive);
        awaitOk();
    }

    /** Ends all nodes and deletes their data. Calling it again does nothing. */
    @Override
    public void close() {
        nodes.forEach(RedisServer::close);
    }
}

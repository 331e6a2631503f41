package io.perfkit.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A Redis Cluster of three primaries without replicas, which share the 16384 slots evenly.
 *
 * <p>It starts in about three seconds; Redis itself makes a new cluster wait for two. A node that is killed and started
 * again comes back with its slots; one that is started empty has forgotten the cluster.
 */
public final class RedisCluster implements AutoCloseable {
    /** The number of slots of every Redis Cluster. */
    public static final int SLOTS = 16_384;

    private static final int NODES = 3;
    private static final int KEYS_AT_ONCE = 100;

    private static final SharedServer<RedisCluster> SHARED =
            new SharedServer<>(RedisCluster::start, RedisCluster::isClosed, RedisCluster::revive);

    private final List<RedisServer> nodes;

    private RedisCluster(List<RedisServer> nodes) {
        this.nodes = List.copyOf(nodes);
    }

    /** The cluster that all tests of this JVM share. */
    public static RedisCluster shared() {
        return SHARED.get();
    }

    /**
     * A cluster of the caller's own.
     *
     * @param extraConfiguration lines as in {@code redis.conf} for all nodes, for instance
     *     {@code "cluster-node-timeout 1000"}
     */
    public static RedisCluster start(String... extraConfiguration) {
        List<RedisServer> nodes = new ArrayList<>();
        try {
            for (int i = 0; i < NODES; i++) {
                List<String> configuration = new ArrayList<>(List.of("cluster-enabled yes"));
                configuration.addAll(Arrays.asList(extraConfiguration));
                nodes.add(RedisServer.startNew(configuration.toArray(new String[0])));
            }
            RedisCluster cluster = new RedisCluster(nodes);
            cluster.join();
            return cluster;
        } catch (RuntimeException e) {
            nodes.forEach(RedisServer::close);
            throw e;
        }
    }

    private void join() {
        for (int i = 0; i < NODES; i++) {
            RedisServer node = nodes.get(i);
            node.command("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
            node.command(
                    "CLUSTER",
                    "ADDSLOTSRANGE",
                    Integer.toString(i * SLOTS / NODES),
                    Integer.toString((i + 1) * SLOTS / NODES - 1));
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
    }

    private void awaitOk() {
        for (RedisServer node : nodes) {
            RedisReplicaSet.await("the node on port " + node.port() + " did not see the whole cluster", () -> {
                String info = Objects.toString(node.command("CLUSTER", "INFO"));
                return info.contains("cluster_state:ok\r\n")
                        && info.contains("cluster_slots_ok:" + SLOTS + "\r\n")
                        && info.contains("cluster_known_nodes:" + NODES + "\r\n");
            });
        }
    }

    /** The three nodes. */
    public List<RedisServer> nodes() {
        return nodes;
    }

    /** The addresses of the three nodes, as clients want them. */
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
            if (node != to && node != from) {
                node.command("CLUSTER", "SETSLOT", number, "NODE", idOfTo);
            }
        }
        for (RedisServer node : nodes) {
            RedisReplicaSet.await(
                    "the node on port " + node.port() + " did not learn of the new owner of slot " + slot,
                    () -> owner(slot, node) == to.port());
        }
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

package io.perfkit.testkit;

import io.perfkit.testkit.proxy.FaultProxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A Redis primary with one replica, which gets its data through a {@link FaultProxy}.
 *
 * <p>Faults on the {@link #replicationLink()} make the replica lag behind ({@code delay}, {@code throttle}), stand
 * still ({@code stall}) or lose its primary ({@code refuse}) while clients reach both servers directly. The accessors
 * name the servers by the roles they had at the start, also after {@link #promoteReplica()}.
 */
public final class RedisReplicaSet implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final RedisServer primary;
    private final FaultProxy replicationLink;
    private final RedisServer replica;

    private RedisReplicaSet(RedisServer primary, FaultProxy replicationLink, RedisServer replica) {
        this.primary = primary;
        this.replicationLink = replicationLink;
        this.replica = replica;
    }

    /**
     * Starts both servers and waits until the replica has caught up.
     *
     * @param extraConfiguration lines as in {@code redis.conf} for both
     */
    public static RedisReplicaSet start(String... extraConfiguration) {
        RedisServer primary = RedisServer.startNew(extraConfiguration);
        FaultProxy link;
        try {
            link = FaultProxy.to(primary.host(), primary.port());
        } catch (RuntimeException e) {
            primary.close();
            throw e;
        }
        RedisServer replica;
        try {
            List<String> configuration = new ArrayList<>(Arrays.asList(extraConfiguration));
            configuration.add("replicaof " + link.host() + " " + link.port());
            replica = RedisServer.startNew(configuration.toArray(new String[0]));
        } catch (RuntimeException e) {
            link.close();
            primary.close();
            throw e;
        }
        RedisReplicaSet set = new RedisReplicaSet(primary, link, replica);
        try {
            set.awaitReplication();
        } catch (RuntimeException e) {
            set.close();
            throw e;
        }
        return set;
    }

    /** The server that was the primary at the start. */
    public RedisServer primary() {
        return primary;
    }

    /** The server that was the replica at the start. */
    public RedisServer replica() {
        return replica;
    }

    /** The proxy through which the replica reaches the primary. */
    public FaultProxy replicationLink() {
        return replicationLink;
    }

    /**
     * Waits until the replica has everything that the primary has acknowledged before the call.
     *
     * @throws TestServerException if that takes longer than 30 s
     */
    public void awaitReplication() {
        long wanted = offset(primary, "master_repl_offset");
        await(
                "the replica on port " + replica.port() + " did not catch up with the primary on port "
                        + primary.port(),
                () -> field(replica, "master_link_status").equals("up")
                        && offset(replica, "slave_repl_offset") >= wanted);
    }

    /**
     * Makes the replica a primary of its own, which it remains over restarts. What it had not yet received is lost to
     * it. The former primary, if it runs, goes on as a primary, too.
     */
    public void promoteReplica() {
        replica.command("REPLICAOF", "NO", "ONE");
        replica.command("CONFIG", "REWRITE");
        await(
                "the replica on port " + replica.port() + " was not promoted",
                () -> field(replica, "role").equals("master"));
    }

    private static long offset(RedisServer server, String name) {
        String value = field(server, name);
        return value.isEmpty() ? -1 : Long.parseLong(value);
    }

    /** A line of {@code INFO replication}; empty if there is none of that name. */
    static String field(RedisServer server, String name) {
        String info = Objects.toString(server.command("INFO", "replication"));
        return info.lines()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse("");
    }

    static void await(String failure, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new TestServerException(String.format(
                        Locale.ROOT, "%s within %d s", failure, TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NANOS)));
            }
            ServerProcess.pauseBriefly();
        }
    }

    /** Ends both servers and the proxy, and deletes the data. Calling it again does nothing. */
    @Override
    public void close() {
        try {
            replica.close();
        } finally {
            replicationLink.close();
            primary.close();
        }
    }
}

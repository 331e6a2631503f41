package io.perfkit.benchmarks.cache;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.perfkit.benchmarks.Fixture;
import io.perfkit.testkit.RedisServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A Redis whose first database holds 1,000,000 keys, 100 for each of 10,000 customers. Its second database is for the
 * lines about hits.
 */
public final class MillionKeys implements Fixture {

    static final int CUSTOMERS = 10_000;
    static final int MATCHING = 100;

    /** The database of the million keys. */
    static final int FULL = 0;
    /** The database in which values are found. */
    static final int HITS = 1;

    private static final String URI = "perfkit.benchmarks.cache.uri";
    private static final String VALUE = "a value of thirty-two bytes here";

    private final RedisServer server;

    private MillionKeys(RedisServer server) {
        this.server = server;
    }

    /** Starts the server and fills it, which takes some seconds. */
    public static MillionKeys start() throws Exception {
        RedisServer server = RedisServer.startNew();
        try {
            System.out.println("# cache: filling a Redis with " + CUSTOMERS * MATCHING + " keys");
            RedisClient client = RedisClient.create(server.uri());
            try (StatefulRedisConnection<String, String> connection = client.connect()) {
                List<RedisFuture<String>> replies = new ArrayList<>();
                for (int customer = 0; customer < CUSTOMERS; customer++) {
                    replies.add(connection.async().mset(keysOf(customer)));
                }
                for (RedisFuture<String> reply : replies) {
                    reply.get(1, TimeUnit.MINUTES);
                }
            } finally {
                client.shutdown();
            }
            return new MillionKeys(server);
        } catch (Exception | Error e) {
            server.close();
            throw e;
        }
    }

    /** The keys of one customer, as they are before anybody invalidates them. */
    static Map<String, String> keysOf(int customer) {
        Map<String, String> keys = new HashMap<>();
        for (int order = 0; order < MATCHING; order++) {
            keys.put("customer:" + customer + ":order:" + order, VALUE);
        }
        return keys;
    }

    /** What matches the keys of one customer and no other. */
    static String patternOf(int customer) {
        return "customer:" + customer + ":*";
    }

    /** Where a forked JVM finds a database. */
    static RedisURI uri(int database) {
        RedisURI uri = RedisURI.create(Objects.requireNonNull(
                System.getProperty(URI), URI + " is not set: these benchmarks run through perf-benchmarks/compare"));
        uri.setDatabase(database);
        return uri;
    }

    @Override
    public Map<String, String> properties() {
        return Map.of(URI, server.uri());
    }

    @Override
    public void close() {
        server.close();
    }
}

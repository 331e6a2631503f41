package io.perfkit.cache.history;

import io.perfkit.testkit.RedisServer;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Takes keys of the cache away from Redis, as eviction does. */
final class Evictions {

    private Evictions() {}

    static List<String> keysOf(RedisServer server) {
        return ((List<?>) Objects.requireNonNull(server.command("KEYS", "perfkit:cache:*")))
                .stream().map(String::valueOf).toList();
    }

    /** Loses single keys for a while, now and then the head or the log of the invalidations. */
    static void run(List<RedisServer> servers, Random random, long nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            RedisServer server = servers.get(random.nextInt(servers.size()));
            List<String> keys = keysOf(server);
            List<String> ofTheLog =
                    keys.stream().filter(key -> !key.endsWith("}")).toList();
            List<String> from = ofTheLog.isEmpty() || random.nextInt(3) > 0 ? keys : ofTheLog;
            if (!from.isEmpty()) {
                String key = from.get(random.nextInt(from.size()));
                server.command("EVAL", "return redis.pcall('DEL', KEYS[1])", "1", key);
            }
            Wires.pause(TimeUnit.MILLISECONDS.toNanos(30 + random.nextInt(200)));
        }
    }
}

package io.perfkit.cache.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Figures that a Redis keeps of itself, for {@code CacheMetrics.withServer}: the hit ratio over all of its clients since
 * it started ({@code hit.ratio}), memory in bytes ({@code memory.used}, and {@code memory.max}, 0 if unlimited), keys
 * evicted for lack of it ({@code evicted.keys}), and entries in its slow log ({@code slowlog.length}).
 *
 * <p>Needs {@code INFO} and {@code SLOWLOG}, on a connection of its own that is opened when it is first needed. What was
 * read serves for a second, and so does a failure: the five gauges of a scrape cost one round trip, and wait for a dead
 * server once, no longer than the timeout. Figures of a server that does not answer are NaN. For one server; on a
 * cluster, make one for each node that matters. Thread-safe; to be closed before its client.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a connection closes in its own time
public final class RedisFigures implements Supplier<Map<String, Double>>, AutoCloseable {

    private static final long SERVES_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Map<String, Double> UNKNOWN = Map.of(
            "hit.ratio", Double.NaN,
            "memory.used", Double.NaN,
            "memory.max", Double.NaN,
            "evicted.keys", Double.NaN,
            "slowlog.length", Double.NaN);

    private final Supplier<StatefulRedisConnection<String, String>> connector;
    private final long timeoutNanos;
    private final LongSupplier nanoTime;
    private Map<String, Double> figures = UNKNOWN;
    private long readAt;
    private boolean everRead;
    private boolean closed;
    private @Nullable CompletableFuture<StatefulRedisConnection<String, String>> connection;

    private RedisFigures(
            Supplier<StatefulRedisConnection<String, String>> connector, Duration timeout, LongSupplier nanoTime) {
        this.connector = connector;
        this.timeoutNanos = timeout.toNanos();
        this.nanoTime = nanoTime;
    }

    /**
     * The figures of a server.
     *
     * @param client a client that was created with the address of the server; stays the caller's to close
     * @param timeout how long a reader may wait for an answer: the cache's command timeout, 1 ms to 1 minute
     * @return the figures
     */
    public static RedisFigures of(RedisClient client, Duration timeout) {
        return of(client, timeout, System::nanoTime);
    }

    static RedisFigures of(RedisClient client, Duration timeout, LongSupplier nanoTime) {
        if (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(Duration.ofMinutes(1)) > 0) {
            throw new IllegalArgumentException("timeout must be 1 ms to 1 minute, but was " + timeout);
        }
        return new RedisFigures(() -> client.connect(StringCodec.UTF8), timeout, nanoTime);
    }

    /**
     * The figures, read within the last second.
     *
     * @return always the same names; NaN where the server did not say
     */
    @Override
    public synchronized Map<String, Double> get() {
        long now = nanoTime.getAsLong();
        if (closed || (everRead && now - readAt < SERVES_NANOS)) {
            return figures;
        }
        figures = read(System.nanoTime() + timeoutNanos);
        everRead = true;
        readAt = nanoTime.getAsLong();
        return figures;
    }

    private Map<String, Double> read(long deadline) {
        RedisFuture<String> info = null;
        RedisFuture<Long> slow = null;
        try {
            StatefulRedisConnection<String, String> open = within(connect(), deadline);
            info = open.async().info();
            slow = open.async().slowlogLen();
            return parse(within(info.toCompletableFuture(), deadline), within(slow.toCompletableFuture(), deadline));
        } catch (TimeoutException e) {
            // A connection that is still being made may be there the next time; one that is silent may be half open.
            if (info != null) {
                drop();
            }
        } catch (ExecutionException | RuntimeException e) {
            drop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (info != null) {
            info.cancel(true);
        }
        if (slow != null) {
            slow.cancel(true);
        }
        return UNKNOWN;
    }

    private static <T> T within(CompletableFuture<T> answer, long deadline)
            throws InterruptedException, ExecutionException, TimeoutException {
        return answer.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    /** On a thread of its own: a client may take ten seconds to find that no server answers. */
    private CompletableFuture<StatefulRedisConnection<String, String>> connect() {
        CompletableFuture<StatefulRedisConnection<String, String>> present = connection;
        if (present != null) {
            return present;
        }
        CompletableFuture<StatefulRedisConnection<String, String>> made = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        StatefulRedisConnection<String, String> open = connector.get();
                        if (!made.complete(open)) {
                            open.closeAsync();
                        }
                    } catch (RuntimeException e) {
                        made.completeExceptionally(e);
                    }
                },
                "perfkit-cache-figures");
        thread.setDaemon(true);
        thread.start();
        connection = made;
        return made;
    }

    private void drop() {
        CompletableFuture<StatefulRedisConnection<String, String>> present = connection;
        connection = null;
        if (present != null && !present.cancel(false) && !present.isCompletedExceptionally()) {
            present.join().closeAsync();
        }
    }

    private static Map<String, Double> parse(String info, long slowLogLength) {
        Map<String, Double> fields = new HashMap<>();
        info.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                try {
                    fields.put(line.substring(0, colon), Double.parseDouble(line.substring(colon + 1)));
                } catch (NumberFormatException e) {
                    // Most fields are no numbers, and none of those is wanted.
                }
            }
        });
        double hits = fields.getOrDefault("keyspace_hits", Double.NaN);
        double misses = fields.getOrDefault("keyspace_misses", Double.NaN);
        return Map.of(
                "hit.ratio", hits / (hits + misses),
                "memory.used", fields.getOrDefault("used_memory", Double.NaN),
                "memory.max", fields.getOrDefault("maxmemory", Double.NaN),
                "evicted.keys", fields.getOrDefault("evicted_keys", Double.NaN),
                "slowlog.length", (double) slowLogLength);
    }

    /** Ends the connection. The figures stay as they were. */
    @Override
    public synchronized void close() {
        closed = true;
        drop();
    }
}

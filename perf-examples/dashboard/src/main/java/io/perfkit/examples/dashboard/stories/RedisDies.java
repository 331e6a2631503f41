package io.perfkit.examples.dashboard.stories;

import static io.perfkit.examples.dashboard.shop.Tables.PRODUCTS;

import io.lettuce.core.RedisClient;
import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import io.perfkit.cache.redis.RedisTier;
import io.perfkit.examples.dashboard.http.HttpSide;
import io.perfkit.examples.dashboard.http.Query;
import io.perfkit.examples.dashboard.measure.Budget;
import io.perfkit.examples.dashboard.measure.Figures;
import io.perfkit.examples.dashboard.measure.Row;
import io.perfkit.examples.dashboard.measure.StoryResult;
import io.perfkit.examples.dashboard.measure.Units;
import io.perfkit.examples.dashboard.shop.Shop;
import io.perfkit.testkit.RedisServer;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jooq.DSLContext;

/**
 * Redis is killed while clients read, prices go on changing without it, and it comes back with the old ones on its disk.
 * Nobody is to notice.
 */
public final class RedisDies implements Story {

    private static final int CLIENTS = 8;
    private static final int READ = 200;
    private static final long PAUSE_MILLIS = 20;

    /** Two time limits of a command, and what 8 clients and a restarting server on two cores take besides. */
    private static final double LONGEST_REQUEST_NANOS = 2e9;

    private static final double LONGEST_RECOVERY_NANOS = 10e9;

    record Price(long id, BigDecimal amount) {}

    /** One node of the application. */
    private record Node(RedisClient client, PerfCache cache, CacheRegion<Price> prices) {

        static Node of(String redis) {
            RedisClient client = RedisClient.create(redis);
            PerfCache cache =
                    PerfCache.builder("prices").shared(RedisTier.of(client)).build();
            return new Node(client, cache, cache.region("price", Price.class, CachePolicy.of(Duration.ofMinutes(10))));
        }

        void close() {
            cache.close();
            client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        }
    }

    private final DSLContext dsl;
    private final RedisServer redis;
    private final Node one;
    private final Node two;

    public RedisDies(Shop shop) {
        dsl = shop.after().dsl();
        // It writes everything to disk before it answers, so that it has every old price when it comes back.
        redis = RedisServer.startNew("appendonly yes", "appendfsync always");
        one = Node.of(redis.uri());
        two = Node.of(redis.uri());
    }

    @Override
    public String name() {
        return "Redis dies";
    }

    @Override
    public String fault() {
        return "A cache that waits for its Redis dies with it, and serves old values when it is back.";
    }

    @Override
    public String repair() {
        return "Time limits, a circuit breaker, and invalidations that are kept until Redis has them: requests go on"
                + " without it, and what it still had is not believed.";
    }

    @Override
    public void register(HttpSide http) {
        http.get("/after/price", query -> price(query.number("node", 1) == 2 ? two : one, query));
        http.get("/after/price/set", this::set);
    }

    @Override
    public List<String> links() {
        return List.of("/after/price");
    }

    @Override
    public void close() {
        one.close();
        two.close();
        redis.close();
    }

    // Repaired -------------------------------------------------------------------------------------------------------

    private Price price(Node node, Query query) {
        long id = query.number("id", 1);
        return node.prices.getOrSet(Long.toString(id), () -> load(id));
    }

    private Price load(long id) {
        return dsl.select(PRODUCTS.PRICE)
                .from(PRODUCTS)
                .where(PRODUCTS.ID.eq(id))
                .fetchSingle(row -> new Price(id, row.value1()));
    }

    private Price set(Query query) {
        long id = query.number("id", 1);
        BigDecimal amount = BigDecimal.valueOf(query.number("cents", 100), 2);
        dsl.update(PRODUCTS)
                .set(PRODUCTS.PRICE, amount)
                .where(PRODUCTS.ID.eq(id))
                .execute();
        one.prices.invalidate(Long.toString(id));
        return new Price(id, amount);
    }

    // Measured -------------------------------------------------------------------------------------------------------

    @Override
    public StoryResult measure(Bench bench) throws Exception {
        Duration duration = bench.seconds(12);
        long start = System.nanoTime();
        CompletableFuture<Figures> load = CompletableFuture.supplyAsync(
                () -> bench.after(CLIENTS + " clients on two nodes")
                        .users(CLIENTS)
                        .duration(duration)
                        .run(i -> "/after/price?id=" + (1 + i % READ) + "&node=" + (1 + i / READ % 2)),
                task -> new Thread(task, "redis-dies-load").start());
        Changing changing = new Changing(bench);
        changing.until(start + duration.toNanos() / 4);
        redis.kill();
        changing.until(start + duration.toNanos() / 2);
        long changedWithoutRedis = one.prices.stats().unacknowledged();
        redis.start();
        long restarted = System.nanoTime();
        while (!isWell() && System.nanoTime() - restarted < 2 * LONGEST_RECOVERY_NANOS) {
            changing.once();
        }
        long recovered = System.nanoTime() - restarted;
        Figures figures = load.get(2, TimeUnit.MINUTES);
        while (!isWell() && System.nanoTime() - restarted < 2 * LONGEST_RECOVERY_NANOS) {
            changing.once();
        }
        TimeUnit.MILLISECONDS.sleep(100);
        long oldInTheEnd = changing.oldOn(1) + changing.oldOn(2);
        return new StoryResult(
                name(),
                fault(),
                repair(),
                List.of(new Row(figures, null)),
                List.of(
                        Budget.exactly("failed requests", 0, figures.errors()),
                        Budget.atMost("slowest request", LONGEST_REQUEST_NANOS, figures.maxNanos(), Units::nanos),
                        Budget.exactly("old prices on the node that changed them", 0, changing.oldAtOnce),
                        Budget.exactly("old prices on either node after the restart", 0, oldInTheEnd),
                        Budget.atMost(
                                "until Redis is in use again",
                                LONGEST_RECOVERY_NANOS,
                                (double) recovered,
                                Units::nanos)),
                List.of(),
                List.of("Redis was killed after a quarter of the time and started again, with its data, at half of it. "
                        + Units.count(changing.changes) + " prices were changed on the way, "
                        + Units.count(changedWithoutRedis) + " of them waited for Redis when it came back."));
    }

    private boolean isWell() {
        return one.cache.isSharedTierUp()
                && two.cache.isSharedTierUp()
                && one.prices.stats().unacknowledged() == 0;
    }

    /** Changes prices, and reads each at once on the node that changed it. */
    private static final class Changing {

        private final Bench bench;
        private final Map<Long, BigDecimal> last = new TreeMap<>();
        private int changes;
        private int oldAtOnce;

        Changing(Bench bench) {
            this.bench = bench;
        }

        void until(long nanos) throws IOException, InterruptedException {
            while (System.nanoTime() < nanos) {
                once();
            }
        }

        void once() throws IOException, InterruptedException {
            long id = 1L + changes % 50;
            BigDecimal amount = BigDecimal.valueOf(2_000_000L + changes++, 2);
            bench.json("/after/price/set?id=" + id + "&cents=" + amount.unscaledValue());
            last.put(id, amount);
            if (read(id, 1).compareTo(amount) != 0) {
                oldAtOnce++;
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }

        long oldOn(int node) throws IOException, InterruptedException {
            long old = 0;
            for (Map.Entry<Long, BigDecimal> price : last.entrySet()) {
                if (read(price.getKey(), node).compareTo(price.getValue()) != 0) {
                    old++;
                }
            }
            return old;
        }

        private BigDecimal read(long id, int node) throws IOException, InterruptedException {
            return bench.json("/after/price?id=" + id + "&node=" + node)
                    .get("amount")
                    .decimalValue();
        }
    }
}

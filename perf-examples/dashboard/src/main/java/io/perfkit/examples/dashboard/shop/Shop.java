package io.perfkit.examples.dashboard.shop;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.lettuce.core.RedisClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.cache.PerfCache;
import io.perfkit.cache.redis.RedisTier;
import io.perfkit.connections.jdbc.BoundedDataSource;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.jdbc.MonitoredDataSource;
import java.time.Duration;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;

/** What the endpoints of both sides stand on: the data, and each side's own way to the database. */
public final class Shop implements AutoCloseable {

    /** The application as it was found: a small pool whose callers give up soon. */
    public record Before(PerformanceMonitor monitor, Sql sql) {}

    /** The application repaired: a bounded data source, and a cache with two tiers. */
    public record After(PerformanceMonitor monitor, DSLContext dsl, PerfCache cache) {}

    private static final int CONNECTIONS = 10;

    private final Data data;
    private final String databaseUrl;
    private final HikariDataSource smallPool;
    private final BoundedDataSource boundedPool;
    private final RedisClient redis;
    private final RedisClient redisOfOtherNode;
    private final Before before;
    private final After after;
    private final PerfCache otherNode;

    public Shop(Servers servers, Data data) {
        this.data = data;
        this.databaseUrl = servers.databaseUrl();
        this.smallPool = smallPool(servers);
        this.before = before(smallPool);
        this.boundedPool = boundedPool(servers);
        this.redis = RedisClient.create(servers.redisUri());
        this.after = after(boundedPool, redis);
        this.redisOfOtherNode = RedisClient.create(servers.redisUri());
        this.otherNode = cache(redisOfOtherNode);
    }

    private static HikariDataSource smallPool(Servers servers) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("before");
        config.setDataSource(servers.database());
        config.setMaximumPoolSize(CONNECTIONS);
        config.setConnectionTimeout(250);
        return new HikariDataSource(config);
    }

    private static Before before(DataSource pool) {
        PerformanceMonitor monitor = monitor();
        return new Before(monitor, new Sql(MonitoredDataSource.wrap(pool, monitor)));
    }

    /** As many as before: a database on a few cores takes longer for each query, the more of them run at once. */
    private static BoundedDataSource boundedPool(Servers servers) {
        return BoundedDataSource.builder("after", servers.database())
                .size(CONNECTIONS)
                .acquireTimeout(Duration.ofSeconds(30))
                .build();
    }

    private static After after(DataSource pool, RedisClient redis) {
        PerformanceMonitor monitor = monitor();
        DSLContext dsl = DSL.using(MonitoredDataSource.wrap(pool, monitor), SQLDialect.POSTGRES);
        return new After(monitor, dsl, cache(redis));
    }

    private static PerfCache cache(RedisClient redis) {
        return PerfCache.builder("dashboard")
                .local(local -> local.maximumWeight(64 << 20))
                .shared(RedisTier.of(redis))
                .build();
    }

    private static PerformanceMonitor monitor() {
        return PerformanceMonitor.builder(new SimpleMeterRegistry()).build();
    }

    public Data data() {
        return data;
    }

    /** For processes of their own. */
    public String databaseUrl() {
        return databaseUrl;
    }

    public Before before() {
        return before;
    }

    public After after() {
        return after;
    }

    /** The cache of a second node of the repaired application: memory and connections of its own, the same Redis. */
    public PerfCache otherNode() {
        return otherNode;
    }

    @Override
    public void close() {
        otherNode.close();
        redisOfOtherNode.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        after.cache().close();
        redis.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        boundedPool.close();
        smallPool.close();
    }
}

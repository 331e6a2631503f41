package io.perfkit.cache;

import static io.perfkit.cache.Nodes.ready;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.perfkit.testkit.RedisServer;
import io.perfkit.testkit.ServersExtension;
import io.perfkit.testkit.proxy.FaultProxy;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What becomes of changes that are on their way to Redis when a node is closed. Node A meets Redis through a proxy. */
@ExtendWith(ServersExtension.class)
@Timeout(60)
class CloseIT {

    private static final CachePolicy POLICY = CachePolicy.of(Duration.ofMinutes(10));

    private final Nodes nodes = new Nodes();
    private FaultProxy proxy;
    private PerfCache closing;
    private CacheRegion<String> a;
    private CacheRegion<String> b;

    @BeforeEach
    void start(RedisServer redis) {
        proxy = FaultProxy.to(redis.host(), redis.port());
        nodes.alsoClose(proxy);
        closing = nodes.node(proxy.host(), proxy.port());
        a = ready(closing.region("close", String.class, POLICY));
        b = ready(nodes.node(redis.host(), redis.port()).region("close", String.class, POLICY));
    }

    @AfterEach
    void stop() {
        nodes.close();
    }

    @Test
    void close_withTime_waitsForWhatIsOnItsWay() {
        a.getOrSet("k", () -> "old");
        await().until(() -> "old".equals(b.getIfPresent("k")));
        proxy.delay(Duration.ofMillis(300));
        a.invalidate("k");
        assertThat(a.stats().unacknowledged()).isEqualTo(1);
        assertThat(closing.close(Duration.ofSeconds(20)).unacknowledged())
                .as("lost")
                .isZero();
        await().until(() -> b.getIfPresent("k") == null);
        assertThat(closing.close(Duration.ZERO).unacknowledged())
                .as("a second time")
                .isZero();
    }

    @Test
    void close_whileRedisIsAway_saysHowMuchIsLost() {
        proxy.refuse();
        Invalidation one = a.invalidate("k");
        a.invalidatePattern("a*");
        assertThat(closing.close(Duration.ofMillis(100))).isEqualTo(new CloseReport(2));
        assertThatThrownBy(() -> one.await(Duration.ZERO)).isInstanceOf(CacheException.class);
        assertThatThrownBy(() -> closing.close(Duration.ofMillis(-1))).isInstanceOf(IllegalArgumentException.class);
    }
}

package io.perfkit.cache;

import static io.perfkit.cache.Nodes.ready;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.lettuce.core.RedisClient;
import io.perfkit.cache.redis.RedisTier;
import io.perfkit.cache.spi.SharedTier;
import io.perfkit.testkit.RedisServer;
import io.perfkit.testkit.ServersExtension;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

/** What a cache logs when it starts: nothing with a healthy Redis, however slow the start; one line without one. */
@ExtendWith(ServersExtension.class)
@Timeout(60)
class StartLogIT {

    private final Logger logger = (Logger) LoggerFactory.getLogger(PerfCache.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void capture() {
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void release() {
        logger.detachAppender(lines);
    }

    private List<String> about(String cache) {
        return List.copyOf(lines.list).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .filter(line -> line.contains("'" + cache + "'"))
                .toList();
    }

    @Test
    void start_redisHealthyButTheFirstConnectionSlow_logsNothing(RedisServer redis) {
        RedisClient client = RedisClient.create(redis.uri());
        RedisTier tier = RedisTier.of(client);
        // As in an application that loads classes and does everything else at the same time.
        SharedTier slow = (cache, lost) -> {
            java.util.concurrent.locks.LockSupport.parkNanos(
                    Duration.ofMillis(2_300).toNanos());
            return tier.connect(cache, lost);
        };
        try (PerfCache cache = PerfCache.builder("slow-start").shared(slow).build()) {
            ready(cache.region("r", String.class, CachePolicy.of(Duration.ofMinutes(1))));
            assertThat(cache.isSharedTierUp()).isTrue();
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        }
        assertThat(about("slow-start")).isEmpty();
    }

    @Test
    void start_noRedis_logsOneReadableLine() {
        RedisClient client = RedisClient.create("redis://127.0.0.1:1");
        try (PerfCache cache =
                PerfCache.builder("no-redis").shared(RedisTier.of(client)).build()) {
            cache.region("r", String.class, CachePolicy.of(Duration.ofMinutes(1)));
            await().atMost(Duration.ofSeconds(20)).until(() -> !cache.isSharedTierUp());
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        }
        assertThat(about("no-redis")).singleElement().asString().contains("out of reach", "127.0.0.1");
    }
}

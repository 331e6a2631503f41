package io.perfkit.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.perfkit.cache.PerfCache;
import io.perfkit.cache.proxy.Cached;
import io.perfkit.spring.actuate.ActuatorAutoConfiguration;
import io.perfkit.spring.app.OwnerView;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Redis from Spring Boot's connection details, where nobody answers; and the conditions of the part. */
class RedisDownTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataRedisAutoConfiguration.class, CacheAutoConfiguration.class, ActuatorAutoConfiguration.class))
            .withPropertyValues("spring.data.redis.port=1", "spring.application.name=the shop: north");

    static class Owners {
        @Cached(region = "owner", key = "{id}")
        public Optional<OwnerView> find(long id) {
            return Optional.of(new OwnerView(id, "c"));
        }
    }

    @Test
    void redisDownAtStart_callsAreAnsweredAndHealthIsUp() {
        runner.withBean(Owners.class).run(context -> {
            assertThat(context.getBean(Owners.class).find(1)).isPresent();
            assertThat(context.getBean(PerfCache.class).findRegion("owner").isShared())
                    .isTrue();
            assertThat(context.getBean(PerfCache.class).name()).isEqualTo("the-shop--north");
            HealthIndicator indicator = context.getBean("perfkitHealthIndicator", HealthIndicator.class);
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                assertThat(context.getBean(Owners.class).find(System.nanoTime()))
                        .isPresent();
                Health health = indicator.health();
                assertThat(health.getStatus()).isEqualTo(Status.UP);
                assertThat(health.getDetails().get("sharedTier").toString()).startsWith("down");
            });
        });
    }

    @Test
    void conditions_thatAreNotMet_leaveThePartOff() {
        runner.withPropertyValues("perfkit.cache.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(PerfCache.class));
        runner.withClassLoader(new FilteredClassLoader(PerfCache.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("perfCache"));
        runner.withPropertyValues("perfkit.cache.redis.enabled=false")
                .withBean(Owners.class)
                .run(context -> assertThat(context.getBean(PerfCache.class)
                                .findRegion("owner")
                                .isShared())
                        .isFalse());
        runner.withClassLoader(new FilteredClassLoader("io.lettuce"))
                .run(context -> assertThat(context).hasNotFailed());
    }
}

package io.perfkit.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.perfkit.cache.CacheException;
import io.perfkit.cache.PerfCache;
import io.perfkit.spring.app.OwnerView;
import io.perfkit.spring.cache.manager.CacheManagerAutoConfiguration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.Cache;
import org.springframework.cache.Cache.ValueRetrievalException;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.cache.interceptor.SimpleKey;

/** Spring's own annotations over our regions. */
class CacheManagerTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(CacheAutoConfiguration.class, CacheManagerAutoConfiguration.class));

    @EnableCaching(proxyTargetClass = true)
    static class Caching {}

    static class Owners {

        final AtomicInteger loads = new AtomicInteger();
        volatile CountDownLatch begun = new CountDownLatch(0);
        volatile CountDownLatch goOn = new CountDownLatch(0);

        @Cacheable("owner")
        public OwnerView find(long id) {
            int load = loads.incrementAndGet();
            begun.countDown();
            try {
                assertThat(goOn.await(10, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return new OwnerView(id, "load " + load);
        }

        @Cacheable(cacheNames = "maybe", key = "#id")
        public Optional<OwnerView> maybe(long id) {
            loads.incrementAndGet();
            return Optional.empty();
        }

        @CachePut(cacheNames = "owner", key = "#view.id")
        public OwnerView save(OwnerView view) {
            return view;
        }

        @CacheEvict("owner")
        public void move(long id) {}

        public void latches(int count) {
            begun = new CountDownLatch(count);
            goOn = new CountDownLatch(count);
        }

        public CountDownLatch begun() {
            return begun;
        }

        public void goOn() {
            goOn.countDown();
        }

        public int loads() {
            return loads.get();
        }
    }

    @Test
    void cacheable_evictedWhileItLoads_isNotStored() {
        runner.withUserConfiguration(Caching.class).withBean(Owners.class).run(context -> {
            Owners owners = context.getBean(Owners.class);
            owners.latches(1);
            CompletableFuture<OwnerView> loading = CompletableFuture.supplyAsync(() -> owners.find(1));
            assertThat(owners.begun().await(10, TimeUnit.SECONDS)).isTrue();
            owners.move(1);
            owners.goOn();
            assertThat(loading.get(10, TimeUnit.SECONDS).city()).isEqualTo("load 1");
            assertThat(owners.find(1).city()).as("after the eviction").isEqualTo("load 2");
        });
    }

    @Test
    void annotations_ofSpring_useTheRegions() {
        runner.withUserConfiguration(Caching.class).withBean(Owners.class).run(context -> {
            Owners owners = context.getBean(Owners.class);
            assertThat(owners.find(1)).isSameAs(owners.find(1));
            owners.save(new OwnerView(1, "saved"));
            assertThat(owners.find(1).city()).isEqualTo("saved");
            owners.move(1);
            assertThat(owners.find(1).city()).isEqualTo("load 2");
            assertThat(owners.maybe(1)).isEmpty();
            assertThat(context.getBean(PerfCache.class).regions())
                    .extracting(each -> each.name())
                    .contains("owner", "maybe");
        });
    }

    @Test
    void cache_asSpringUsesIt_keepsItsContract() {
        runner.withUserConfiguration(Caching.class).withBean(Owners.class).run(context -> {
            Cache cache = context.getBean(CacheManager.class).getCache("owner");
            OwnerView one = new OwnerView(1, "one");
            assertThat(cache.get("k")).isNull();
            assertThat(cache.putIfAbsent("k", one)).isNull();
            assertThat(cache.putIfAbsent("k", new OwnerView(2, "two")).get()).isEqualTo(one);
            assertThat(cache.get("k", OwnerView.class)).isEqualTo(one);
            assertThatThrownBy(() -> cache.get("k", String.class)).isInstanceOf(IllegalStateException.class);
            assertThat(cache.evictIfPresent("k")).isTrue();
            assertThat(cache.evictIfPresent("k")).isFalse();
            Callable<OwnerView> failing = () -> {
                throw new java.io.IOException("disk");
            };
            assertThatThrownBy(() -> cache.get("k", failing))
                    .isInstanceOf(ValueRetrievalException.class)
                    .hasRootCauseInstanceOf(java.io.IOException.class);
            assertThat(cache.get("k", () -> (OwnerView) null)).isNull();
            cache.put(new SimpleKey("a, b", "c"), one);
            assertThat(cache.get(new SimpleKey("a", "b, c"))).as("another key").isNull();
            assertThat(cache.get(new SimpleKey("a, b", "c")).get()).isEqualTo(one);
            assertThatThrownBy(() -> cache.get(new Object()))
                    .isInstanceOf(CacheException.class)
                    .hasMessageContaining("#product.id");
            assertThat(cache.retrieve("r", () -> CompletableFuture.completedFuture(one))
                            .get())
                    .isEqualTo(one);
            cache.clear();
            assertThat(cache.get("r")).isNull();
        });
    }

    @Test
    void objects_sharedThroughRedis_areRefusedWithTheProperty() {
        runner.withUserConfiguration(Caching.class, RedisAndList.class)
                .run(context -> assertThat(context)
                        .hasFailed()
                        .getFailure()
                        .hasMessageContaining("perfkit.cache.regions.list.type"));
    }

    static class RedisAndList {

        @org.springframework.context.annotation.Bean(destroyMethod = "shutdown")
        io.lettuce.core.RedisClient redis() {
            return io.lettuce.core.RedisClient.create("redis://localhost:1");
        }

        @org.springframework.context.annotation.Bean
        Lists lists() {
            return new Lists();
        }
    }

    static class Lists {
        @Cacheable("list")
        @SuppressWarnings("rawtypes")
        public List all() {
            return List.of();
        }
    }

    @Test
    void managerOfTheApplication_isLeftAlone() {
        runner.withUserConfiguration(Caching.class)
                .withBean(CacheManager.class, ConcurrentMapCacheManager::new)
                .run(context ->
                        assertThat(context.getBean(CacheManager.class)).isInstanceOf(ConcurrentMapCacheManager.class));
        runner.withUserConfiguration(Caching.class)
                .withPropertyValues("spring.cache.type=simple")
                .run(context -> assertThat(context)
                        .hasFailed()
                        .getFailure()
                        .hasMessageContaining("no CacheResolver specified"));
        runner.run(context -> assertThat(context).doesNotHaveBean(CacheManager.class));
    }
}

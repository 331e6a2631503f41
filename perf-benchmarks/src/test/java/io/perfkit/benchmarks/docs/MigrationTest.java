package io.perfkit.benchmarks.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.alicp.jetcache.Cache;
import com.alicp.jetcache.embedded.CaffeineCacheBuilder;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import io.perfkit.cache.proxy.Cached;
import io.perfkit.cache.proxy.CachingProxy;
import io.perfkit.cache.proxy.Invalidates;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The examples of docs/cache-migration.md that need no server: both sides run, and do the same. */
class MigrationTest {

    public record Product(long id, String name) {}

    /** The database. */
    public static final class Jdbc implements Products {

        private int queries;
        private String name = "tea";

        @Override
        public Product findById(long id) {
            queries++;
            return new Product(id, name);
        }

        @Override
        public void save(Product product) {
            name = product.name();
        }
    }

    public static class SpringProducts {

        private final Jdbc jdbc;

        SpringProducts(Jdbc jdbc) {
            this.jdbc = jdbc;
        }

        @Cacheable(cacheNames = "product", key = "#id", sync = true)
        public Product findById(long id) {
            return jdbc.findById(id);
        }

        @CacheEvict(cacheNames = "product", key = "#product.id")
        public void save(Product product) {
            jdbc.save(product);
        }
    }

    interface Products {

        @Cached(region = "product", key = "{id}", ttl = "10m")
        Product findById(long id);

        @Invalidates(region = "product", key = "{product.id}")
        void save(Product product);
    }

    @Configuration
    @EnableCaching
    public static class SpringConfiguration {

        @Bean
        public Jdbc jdbc() {
            return new Jdbc();
        }

        @Bean
        public SpringProducts products(Jdbc jdbc) {
            return new SpringProducts(jdbc);
        }

        @Bean
        public CacheManager cacheManager() {
            return new CaffeineCacheManager("product");
        }
    }

    @Test
    void springCache_andTheSameHere_queryOnceAndForgetOnSave() {
        try (AnnotationConfigApplicationContext context =
                new AnnotationConfigApplicationContext(SpringConfiguration.class)) {
            SpringProducts products = context.getBean(SpringProducts.class);
            products.findById(7);
            products.findById(7);
            products.save(new Product(7, "coffee"));
            assertThat(products.findById(7).name()).isEqualTo("coffee");
            assertThat(context.getBean(Jdbc.class).queries).isEqualTo(2);
        }
        Jdbc jdbc = new Jdbc();
        try (PerfCache cache = PerfCache.builder("shop").build()) {
            cache.region("product", Product.class, CachePolicy.of(Duration.ofHours(1)));
            Products products = CachingProxy.of(Products.class, jdbc, cache);
            products.findById(7);
            products.findById(7);
            products.save(new Product(7, "coffee"));
            assertThat(products.findById(7).name()).isEqualTo("coffee");
            assertThat(jdbc.queries).isEqualTo(2);
        }
    }

    @Test
    void caffeine_andTheSameHere_loadOnceAndForgetOnInvalidate() {
        Jdbc jdbc = new Jdbc();
        {
            LoadingCache<Long, Product> products = Caffeine.newBuilder()
                    .maximumSize(10_000)
                    .expireAfterWrite(Duration.ofMinutes(10))
                    .refreshAfterWrite(Duration.ofMinutes(5))
                    .build(jdbc::findById);
            Product tea = products.get(7L);
            products.invalidate(7L);
            assertThat(tea.name()).isEqualTo("tea");
            assertThat(products.getIfPresent(7L)).isNull();
        }
        try (PerfCache cache = PerfCache.builder("shop").build()) {
            CacheRegion<Product> products = cache.region(
                    "product",
                    Product.class,
                    CachePolicy.builder()
                            .ttl(Duration.ofMinutes(5))
                            .staleWhileRevalidate(Duration.ofMinutes(5))
                            .build());
            Product tea = products.getOrSet("7", () -> jdbc.findById(7L));
            products.invalidate("7");
            assertThat(tea.name()).isEqualTo("tea");
            assertThat(products.getIfPresent("7")).isNull();
        }
        assertThat(jdbc.queries).isEqualTo(2);
    }

    @Test
    void jetCache_andTheSameHere_loadOnceAndForgetOnRemove() {
        Jdbc jdbc = new Jdbc();
        {
            Cache<Long, Product> products = CaffeineCacheBuilder.createCaffeineCacheBuilder()
                    .limit(10_000)
                    .expireAfterWrite(10, TimeUnit.MINUTES)
                    .buildCache();
            Product tea = products.computeIfAbsent(7L, jdbc::findById);
            products.remove(7L);
            assertThat(tea.name()).isEqualTo("tea");
        }
        try (PerfCache cache = PerfCache.builder("shop").build()) {
            CacheRegion<Product> products =
                    cache.region("product", Product.class, CachePolicy.of(Duration.ofMinutes(10)));
            Product tea = products.getOrSet("7", () -> jdbc.findById(7L));
            products.invalidate("7");
            assertThat(tea.name()).isEqualTo("tea");
        }
    }
}

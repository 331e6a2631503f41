package io.perfkit.cache.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What methods invalidate and update, and when. */
class CachingProxyChangesTest {

    static class Product {
        private Long id;
        private final String category;

        Product(Long id, String category) {
            this.id = id;
            this.category = category;
        }

        public Long getId() {
            return id;
        }

        public String getCategory() {
            if ("lazy".equals(category)) {
                throw new IllegalStateException("no session");
            }
            return category;
        }
    }

    interface Products {

        @Invalidates(region = "product", key = "{product.id}")
        @Invalidates(region = "listing", pattern = "cat:{product.category}:*")
        Product save(Product product);

        @Invalidates(region = "product", key = "{result.id}")
        Optional<Product> create(String name);

        @Invalidates(region = "product", key = "{result.id}")
        CompletionStage<Product> saveLater(Product product);

        @Invalidates(region = "listing", all = true)
        void reload();

        @Invalidates(region = "listing", tag = "t:{tag}")
        void retag(String tag);

        @Invalidates(region = "listing", pattern = "{{x}}[{text}]")
        void set(String text);

        @Updates(region = "product", key = "{product.id}")
        Product update(Product product);

        @Updates(region = "product", key = "{id}")
        Optional<Product> updateIfPresent(long id);

        @Updates(region = "product", key = "{result.id}")
        @Invalidates(region = "product", pattern = "*")
        CompletableFuture<Product> updateLater(Product product);
    }

    private static final CachePolicy POLICY = CachePolicy.of(Duration.ofHours(1));

    private final PerfCache cache = PerfCache.builder("shop").build();
    private final CacheRegion<Product> products = cache.region("product", Product.class, POLICY);
    private final CacheRegion<String> listings = cache.region("listing", String.class, POLICY);
    private final Product tea = new Product(1L, "hot");
    private Runnable inside = () -> {};
    private CompletableFuture<Product> later = new CompletableFuture<>();
    private Optional<Product> optional = Optional.empty();

    private final Products proxy = CachingProxy.of(
            Products.class,
            new Products() {
                @Override
                public Product save(Product product) {
                    inside.run();
                    return product;
                }

                @Override
                public Optional<Product> create(String name) {
                    return optional;
                }

                @Override
                public CompletionStage<Product> saveLater(Product product) {
                    return later;
                }

                @Override
                public void reload() {}

                @Override
                public void retag(String tag) {}

                @Override
                public void set(String text) {}

                @Override
                public Product update(Product product) {
                    return product;
                }

                @Override
                public Optional<Product> updateIfPresent(long id) {
                    return optional;
                }

                @Override
                public CompletableFuture<Product> updateLater(Product product) {
                    return later;
                }
            },
            cache);

    CachingProxyChangesTest() {
        products.put("1", tea);
        products.put("2", new Product(2L, "cold"));
        listings.put("cat:hot:1", "x");
        listings.put("cat:cold:1", "x");
        listings.put("cat:*:1", "x");
    }

    @AfterEach
    void close() {
        cache.close();
    }

    private boolean has(CacheRegion<?> region, String key) {
        return region.getIfPresent(key) != null;
    }

    @Test
    void invalidates_keyAndPattern_takeWhatTheArgumentsSay() {
        assertThat(proxy.save(tea)).isSameAs(tea);
        assertThat(has(products, "1")).isFalse();
        assertThat(has(products, "2")).isTrue();
        assertThat(has(listings, "cat:hot:1")).isFalse();
        assertThat(has(listings, "cat:cold:1")).isTrue();
    }

    @Test
    void invalidates_happensAfterTheMethod_andReadsArgumentsThen() {
        Product fresh = new Product(null, "hot");
        inside = () -> {
            assertThat(has(products, "2")).isTrue();
            assertThat(has(listings, "cat:hot:1")).isTrue();
            // The database has assigned the id.
            fresh.id = 2L;
        };
        proxy.save(fresh);
        assertThat(has(products, "1")).isTrue();
        assertThat(has(products, "2")).isFalse();
    }

    @Test
    void invalidates_loadDuringTheMethod_doesNotStay() {
        inside = () -> products.getOrSet("9", () -> new Product(9L, "uncommitted"));
        proxy.save(new Product(9L, "hot"));
        assertThat(has(products, "9")).isFalse();
    }

    @Test
    void invalidates_methodThrows_nothingHappens() {
        inside = () -> {
            throw new IllegalStateException("rolled back");
        };
        assertThatThrownBy(() -> proxy.save(tea)).hasMessage("rolled back");
        assertThat(has(products, "1")).isTrue();
        assertThat(has(listings, "cat:hot:1")).isTrue();
    }

    @Test
    void invalidates_asteriskInAnArgument_isAnAsterisk() {
        proxy.save(new Product(7L, "*"));
        assertThat(has(listings, "cat:*:1")).isFalse();
        assertThat(has(listings, "cat:hot:1")).isTrue();
        assertThat(has(listings, "cat:cold:1")).isTrue();
    }

    @Test
    void invalidates_setInATemplate_staysASet() {
        listings.put("{x}a", "x");
        listings.put("{x}^", "x");
        listings.put("{x}-", "x");
        listings.put("{x}b", "x");
        proxy.set("^a-c");
        assertThat(has(listings, "{x}a")).isFalse();
        assertThat(has(listings, "{x}^")).isFalse();
        assertThat(has(listings, "{x}-")).isFalse();
        assertThat(has(listings, "{x}b")).isTrue();
    }

    @Test
    void invalidates_null_standsForEveryValue() {
        proxy.save(new Product(null, null));
        assertThat(has(products, "1")).isFalse();
        assertThat(has(products, "2")).isFalse();
        assertThat(has(listings, "cat:hot:1")).isFalse();
        assertThat(has(listings, "cat:cold:1")).isFalse();
    }

    @Test
    void invalidates_argumentTooLongForAPattern_widensIt() {
        proxy.save(new Product(1L, "h".repeat(2_000)));
        assertThat(has(listings, "cat:hot:1")).isFalse();
    }

    @Test
    void invalidates_argumentThatCannotBeRead_takesEverythingAndSaysSo() {
        assertThatThrownBy(() -> proxy.save(new Product(1L, "lazy"))).hasMessage("no session");
        assertThat(has(products, "1")).isFalse();
        assertThat(has(products, "2")).isTrue();
        assertThat(has(listings, "cat:hot:1")).isFalse();
        assertThat(has(listings, "cat:cold:1")).isFalse();
    }

    @Test
    void invalidates_result_isWhatTheMethodReturned() {
        optional = Optional.of(new Product(2L, "x"));
        proxy.create("x");
        assertThat(has(products, "1")).isTrue();
        assertThat(has(products, "2")).isFalse();
        optional = Optional.empty();
        proxy.create("x");
        assertThat(has(products, "1")).isFalse();
    }

    @Test
    void invalidates_all_clears() {
        proxy.reload();
        assertThat(has(listings, "cat:hot:1")).isFalse();
        assertThat(has(products, "1")).isTrue();
    }

    @Test
    void invalidates_tag_takesWhatCarriesIt() {
        listings.getOrSet("tagged", (key, context) -> {
            context.tags("t:a");
            return "x";
        });
        proxy.retag("b");
        proxy.retag("t".repeat(300));
        assertThat(has(listings, "tagged")).isTrue();
        proxy.retag("a");
        assertThat(has(listings, "tagged")).isFalse();
        assertThat(has(listings, "cat:hot:1")).isTrue();
        proxy.retag(null);
        assertThat(has(listings, "cat:hot:1")).isFalse();
    }

    @Test
    void stage_completes_invalidatesBeforeTheCallerSeesIt() {
        CompletionStage<Boolean> stillThere = proxy.saveLater(tea).thenApply(p -> has(products, "1"));
        assertThat(has(products, "1")).isTrue();
        later.complete(tea);
        assertThat(stillThere.toCompletableFuture().join()).isFalse();
        assertThat(proxy.saveLater(tea).toCompletableFuture().join()).isSameAs(tea);
    }

    @Test
    void stage_fails_invalidatesNothing() {
        CompletableFuture<Product> result = proxy.saveLater(tea).toCompletableFuture();
        IllegalStateException rolledBack = new IllegalStateException("rolled back");
        later.completeExceptionally(rolledBack);
        assertThatThrownBy(result::join).isInstanceOf(CompletionException.class).hasCause(rolledBack);
        assertThat(has(products, "1")).isTrue();
        later = null;
        assertThat(proxy.saveLater(tea)).isNull();
        assertThat(has(products, "2")).isFalse();
    }

    @Test
    void updates_result_isPut() {
        Product green = new Product(1L, "hot");
        proxy.update(green);
        assertThat(products.getIfPresent("1")).isSameAs(green);
        proxy.update(new Product(null, "hot"));
        assertThat(products.getIfPresent("1")).isSameAs(green);
    }

    @Test
    void updates_empty_invalidates() {
        proxy.updateIfPresent(1);
        assertThat(has(products, "1")).isFalse();
        optional = Optional.of(tea);
        proxy.updateIfPresent(1);
        assertThat(products.getIfPresent("1")).isSameAs(tea);
    }

    @Test
    void updates_withInvalidates_putsLast() {
        CompletableFuture<Product> result = proxy.updateLater(tea);
        Product green = new Product(1L, "hot");
        later.complete(green);
        assertThat(result.join()).isSameAs(green);
        assertThat(products.getIfPresent("1")).isSameAs(green);
        assertThat(has(products, "2")).isFalse();
    }
}

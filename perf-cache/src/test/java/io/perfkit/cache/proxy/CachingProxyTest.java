package io.perfkit.cache.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.perfkit.cache.CacheLoadException;
import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import io.perfkit.testkit.time.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The proxy as an object, and every shape of return type. */
@Timeout(60)
class CachingProxyTest {

    record Product(long id, String name) {}

    /** Not public, with everything that a method may return. */
    interface Shop {

        @Cached(region = "product", key = "{id}")
        Product find(long id);

        @Cached(region = "product", key = "{id}")
        Optional<Product> search(long id);

        @Cached(region = "product", key = "{id}")
        CompletionStage<Product> findLater(long id);

        @Cached(region = "product", key = "{id}")
        CompletableFuture<Optional<Product>> searchLater(long id);

        @Cached(region = "known", key = "{id}")
        Product findKnown(long id);

        @Cached(region = "known", key = "{id}")
        Optional<Product> searchKnown(long id);

        @Cached(region = "known", key = "{id}")
        CompletableFuture<Product> findKnownLater(long id);

        @Cached(region = "count", key = "{id}")
        long count(long id);

        @Cached(region = "count", key = "boxed:{id}")
        Long countBoxed(long id);

        @Cached(region = "list", key = "{id}")
        List<Product> similar(long id);

        @Cached(region = "map", key = "{id}")
        Map<String, Long> stock(long id);

        @Cached(region = "bytes", key = "{id}")
        byte[] image(long id);

        @Cached(region = "product", key = "short:{id}", ttl = "2s")
        Product findForAWhile(long id);

        @Cached(region = "product", key = "io:{id}")
        Product read(long id) throws IOException;

        Product uncached(long id) throws IOException;

        default Product twice(long id) {
            find(id);
            return find(id);
        }

        @Cached(region = "product", key = "default:{id}")
        default Product fallback(long id) {
            return find(id);
        }
    }

    static class Store implements Shop {

        final Map<Long, Product> products = new HashMap<>();
        final List<String> calls = new ArrayList<>();
        Throwable failure;

        Product load(String method, long id) {
            calls.add(method + id);
            return products.get(id);
        }

        <T extends Throwable> void fail() throws T {
            if (failure != null) {
                @SuppressWarnings("unchecked")
                T thrown = (T) failure;
                throw thrown;
            }
        }

        @Override
        public Product find(long id) {
            this.<RuntimeException>fail();
            return load("find", id);
        }

        @Override
        public Optional<Product> search(long id) {
            return Optional.ofNullable(load("search", id));
        }

        @Override
        public CompletionStage<Product> findLater(long id) {
            Product product = load("findLater", id);
            return failure == null
                    ? CompletableFuture.completedFuture(product)
                    : CompletableFuture.failedFuture(failure);
        }

        @Override
        public CompletableFuture<Optional<Product>> searchLater(long id) {
            return CompletableFuture.completedFuture(Optional.ofNullable(load("searchLater", id)));
        }

        @Override
        public Product findKnown(long id) {
            return load("findKnown", id);
        }

        @Override
        public Optional<Product> searchKnown(long id) {
            return Optional.ofNullable(load("searchKnown", id));
        }

        @Override
        public CompletableFuture<Product> findKnownLater(long id) {
            return CompletableFuture.completedFuture(load("findKnownLater", id));
        }

        @Override
        public long count(long id) {
            load("count", id);
            return 7;
        }

        @Override
        public Long countBoxed(long id) {
            load("countBoxed", id);
            return id < 0 ? null : 8L;
        }

        @Override
        public List<Product> similar(long id) {
            return List.of(load("similar", id));
        }

        @Override
        public Map<String, Long> stock(long id) {
            load("stock", id);
            return Map.of("here", 3L);
        }

        @Override
        public byte[] image(long id) {
            load("image", id);
            return new byte[] {1, 2};
        }

        @Override
        public Product findForAWhile(long id) {
            return load("findForAWhile", id);
        }

        @Override
        public Product read(long id) throws IOException {
            this.<IOException>fail();
            return load("read", id);
        }

        @Override
        public Product uncached(long id) throws IOException {
            this.<IOException>fail();
            return load("uncached", id);
        }

        @Override
        public String toString() {
            return "the store";
        }
    }

    private static final CachePolicy POLICY = CachePolicy.of(Duration.ofMinutes(10));

    private final ManualClock clock = new ManualClock();
    private final PerfCache cache = PerfCache.builder("shop")
            .ticker(clock::nanoTime)
            .executor(Runnable::run)
            .build();
    private final CacheRegion<Product> products = cache.region("product", Product.class, POLICY);
    private final CacheRegion<Product> known = cache.region(
            "known",
            Product.class,
            POLICY.toBuilder().nullTtl(Duration.ofMinutes(1)).build());
    private final CacheRegion<Long> counts = cache.region(
            "count",
            Long.class,
            POLICY.toBuilder().nullTtl(Duration.ofMinutes(1)).build());
    private final Store store = new Store();
    private final Shop shop;

    CachingProxyTest() {
        cache.region("list", List.class, POLICY);
        cache.region("map", Map.class, POLICY);
        cache.region("bytes", byte[].class, POLICY);
        shop = CachingProxy.of(Shop.class, store, cache);
        store.products.put(1L, new Product(1, "tea"));
    }

    @AfterEach
    void close() {
        cache.close();
    }

    @Test
    void value_secondCall_isNotLoaded() {
        assertThat(shop.find(1)).isSameAs(shop.find(1)).isEqualTo(new Product(1, "tea"));
        assertThat(store.calls).containsExactly("find1");
        assertThat(products.getIfPresent("1")).isEqualTo(new Product(1, "tea"));
    }

    @Test
    void value_null_isReturnedAndNotCached() {
        assertThat(shop.find(2)).isNull();
        assertThat(shop.find(2)).isNull();
        assertThat(store.calls).containsExactly("find2", "find2");
        store.products.put(2L, new Product(2, "milk"));
        assertThat(shop.find(2)).isEqualTo(new Product(2, "milk"));
    }

    @Test
    void value_nullWithNullTtl_isCachedThatLong() {
        assertThat(shop.findKnown(2)).isNull();
        assertThat(shop.findKnown(2)).isNull();
        assertThat(store.calls).containsExactly("findKnown2");
        clock.advance(Duration.ofMinutes(1));
        assertThat(shop.findKnown(2)).isNull();
        assertThat(store.calls).hasSize(2);
    }

    @Test
    void optional_present_sharesItsEntryWithPlainValues() {
        assertThat(shop.search(1)).contains(new Product(1, "tea"));
        assertThat(shop.search(1)).contains(new Product(1, "tea"));
        assertThat(shop.find(1)).isEqualTo(new Product(1, "tea"));
        assertThat(store.calls).containsExactly("search1");
    }

    @Test
    void optional_empty_isCachedOnlyWithNullTtl() {
        assertThat(shop.search(2)).isEmpty();
        assertThat(shop.search(2)).isEmpty();
        assertThat(shop.searchKnown(2)).isEmpty();
        assertThat(shop.searchKnown(2)).isEmpty();
        assertThat(store.calls).containsExactly("search2", "search2", "searchKnown2");
    }

    @Test
    void stage_secondCall_isNotLoadedAndIsAStageOfItsOwn() {
        CompletableFuture<Product> first = shop.findLater(1).toCompletableFuture();
        CompletableFuture<Product> second = shop.findLater(1).toCompletableFuture();
        assertThat(first.join()).isSameAs(second.join());
        assertThat(store.calls).containsExactly("findLater1");
        assertThat(first).isNotSameAs(second);
        first.obtrudeValue(null);
        assertThat(second.join()).isEqualTo(new Product(1, "tea"));
        assertThat(shop.find(1)).isEqualTo(new Product(1, "tea"));
    }

    @Test
    void stage_null_isCachedOnlyWithNullTtl() {
        assertThat(shop.findLater(2).toCompletableFuture().join()).isNull();
        assertThat(shop.findLater(2).toCompletableFuture().join()).isNull();
        assertThat(shop.findKnownLater(2).join()).isNull();
        assertThat(shop.findKnownLater(2).join()).isNull();
        assertThat(store.calls).containsExactly("findLater2", "findLater2", "findKnownLater2");
    }

    @Test
    void stageOfOptional_presentAndEmpty_areAsInAnOptional() {
        assertThat(shop.searchLater(1).join()).contains(new Product(1, "tea"));
        assertThat(shop.searchLater(1).join()).contains(new Product(1, "tea"));
        assertThat(shop.searchLater(2).join()).isEmpty();
        assertThat(shop.searchLater(2).join()).isEmpty();
        assertThat(store.calls).containsExactly("searchLater1", "searchLater2", "searchLater2");
    }

    @Test
    void stage_failure_isTheMethodsOwnAndNotCached() {
        IOException down = new IOException("down");
        store.failure = down;
        for (int i = 0; i < 2; i++) {
            CompletableFuture<Product> result = shop.findLater(1).toCompletableFuture();
            assertThatThrownBy(result::join)
                    .isInstanceOf(CompletionException.class)
                    .hasCause(down);
        }
        assertThat(store.calls).containsExactly("findLater1", "findLater1");
    }

    /** Neither more nor less: what the JDK put around it on the way is taken off, what the method made is not. */
    @Test
    void stage_failureThatLooksLikeAnEnvelope_arrivesAsItIs() {
        CompletionException own = new CompletionException(new IOException("inside"));
        CacheLoadException others = ofAnotherCache();
        for (Throwable thrown : List.of(own, others, new CompletionException("no cause", null))) {
            store.failure = thrown;
            assertThat(shop.findLater(1).toCompletableFuture().handle((product, failure) -> failure))
                    .isCompletedWithValue(thrown);
        }
        IllegalStateException down = new IllegalStateException("down");
        store.failure = assertThrows(
                CompletionException.class,
                () -> CompletableFuture.failedFuture(down).thenApply(v -> v).join());
        assertThat(shop.findLater(1).toCompletableFuture().handle((product, failure) -> failure))
                .as("of a stage that depends on another")
                .isCompletedWithValue(down);
    }

    @Test
    void primitives_andTheirWrappers_areCached() {
        assertThat(shop.count(1) + shop.count(1)).isEqualTo(14);
        assertThat(shop.countBoxed(1)).isEqualTo(shop.countBoxed(1)).isEqualTo(8);
        assertThat(store.calls).containsExactly("count1", "countBoxed1");
    }

    @Test
    void primitive_absenceCachedByAnotherMethod_asksTheObject() {
        assertThat(counts.getOrSet("1", () -> null)).isNull();
        assertThat(shop.count(1)).isEqualTo(7);
    }

    @Test
    void collectionsAndArrays_areValues() {
        assertThat(shop.similar(1)).isSameAs(shop.similar(1)).hasSize(1);
        assertThat(shop.stock(1)).isSameAs(shop.stock(1)).containsEntry("here", 3L);
        assertThat(shop.image(1)).isSameAs(shop.image(1)).hasSize(2);
        assertThat(store.calls).containsExactly("similar1", "stock1", "image1");
    }

    @Test
    void ttl_ofTheAnnotation_replacesThePolicys() {
        shop.findForAWhile(1);
        shop.find(1);
        clock.advance(Duration.ofSeconds(2));
        shop.findForAWhile(1);
        shop.find(1);
        assertThat(store.calls).containsExactly("findForAWhile1", "find1", "findForAWhile1");
    }

    private static CacheLoadException ofAnotherCache() {
        try (PerfCache other = PerfCache.builder("other").build()) {
            CacheRegion<String> region = other.region("text", String.class, CachePolicy.of(Duration.ofHours(1)));
            return assertThrows(
                    CacheLoadException.class,
                    () -> region.getOrSet("k", () -> {
                        throw new IOException("inside");
                    }));
        }
    }

    @Test
    void exceptions_ofEveryKind_arriveUnchanged() {
        for (Throwable thrown : List.of(
                new IllegalStateException("unchecked"),
                new AssertionError("error"),
                new CompletionException(new IOException("inside")),
                ofAnotherCache())) {
            store.failure = thrown;
            assertThatThrownBy(() -> shop.find(1)).isSameAs(thrown);
            assertThatThrownBy(() -> shop.read(1)).isSameAs(thrown);
            assertThatThrownBy(() -> shop.uncached(1)).isSameAs(thrown);
        }
        store.failure = new IOException("declared");
        assertThatThrownBy(() -> shop.read(1)).isSameAs(store.failure);
        assertThatThrownBy(() -> shop.uncached(1)).isSameAs(store.failure);
        assertThatThrownBy(() -> shop.find(1))
                .isInstanceOf(CacheLoadException.class)
                .hasCause(store.failure);
        store.failure = null;
        assertThat(shop.find(1)).isNotNull();
    }

    @Test
    void defaultMethod_notOverridden_callsThroughTheProxy() {
        assertThat(shop.twice(1)).isEqualTo(new Product(1, "tea"));
        assertThat(store.calls).containsExactly("find1");
        assertThat(shop.fallback(1)).isEqualTo(new Product(1, "tea"));
        assertThat(shop.fallback(1)).isEqualTo(new Product(1, "tea"));
        assertThat(products.getIfPresent("default:1")).isNotNull();
        assertThat(store.calls).containsExactly("find1");
    }

    @Test
    void defaultMethod_overridden_isTheObjects() {
        Store own = new Store() {
            @Override
            public Product twice(long id) {
                return new Product(id, "own");
            }
        };
        assertThat(CachingProxy.of(Shop.class, own, cache).twice(3)).isEqualTo(new Product(3, "own"));
    }

    @Test
    void publicInterface_defaultMethod_works() {
        assertThat(CachingProxy.of(PublicShop.class, id -> "p" + id, cache).shout(4))
                .isEqualTo("P4");
    }

    /** Public, so that its default method is called the ordinary way. */
    public interface PublicShop {

        @Cached(region = "text", key = "{id}")
        String name(long id);

        default String shout(long id) {
            return name(id).toUpperCase(Locale.ROOT);
        }
    }

    {
        cache.region("text", String.class, POLICY);
    }

    interface Names extends Function<Long, String> {

        @Override
        @Cached(region = "text", key = "name:{id}")
        String apply(Long id);
    }

    @Test
    void defaultMethod_ofAnInterfaceOfTheJdk_callsThroughTheProxy() {
        Names names = CachingProxy.of(
                Names.class,
                id -> {
                    store.calls.add("apply" + id);
                    return "n" + id;
                },
                cache);
        Function<Long, String> loud = names.andThen(name -> name.toUpperCase(Locale.ROOT));
        assertThat(loud.apply(5L)).isEqualTo(loud.apply(5L)).isEqualTo("N5");
        assertThat(store.calls).containsExactly("apply5");
    }

    @Test
    void objectMethods_areSensible() {
        Shop same = CachingProxy.of(Shop.class, store, cache);
        Shop other = CachingProxy.of(Shop.class, new Store(), cache);
        assertThat(shop).isEqualTo(same).hasSameHashCodeAs(same);
        assertThat(shop).isNotEqualTo(other).isNotEqualTo(store).isNotEqualTo(null);
        assertThat(shop).hasToString("CachingProxy[Shop of the store, shop]");
        assertThat(store.calls).isEmpty();
    }

    interface Repository<T, K> {

        @Cached(region = "product", key = "{id}")
        Optional<T> findById(K id);

        @Invalidates(region = "product", key = "{entity.id}")
        void save(T entity);
    }

    interface Products extends Repository<Product, Long> {

        @Override
        @Cached(region = "known", key = "{id}")
        Optional<Product> findById(Long id);
    }

    @Test
    void genericInterface_typesAndBridges_areFollowed() {
        List<String> calls = new ArrayList<>();
        Products target = new Products() {
            @Override
            public Optional<Product> findById(Long id) {
                calls.add("find" + id);
                return Optional.of(new Product(id, "x"));
            }

            @Override
            public void save(Product entity) {
                calls.add("save" + entity.id());
            }
        };
        Products proxy = CachingProxy.of(Products.class, target, cache);
        Repository<Product, Long> general = proxy;
        assertThat(proxy.findById(1L)).isEqualTo(general.findById(1L));
        assertThat(calls).containsExactly("find1");
        assertThat(known.getIfPresent("1")).isEqualTo(new Product(1, "x"));
        products.put("1", new Product(1, "old"));
        general.save(new Product(1, "new"));
        assertThat(products.getIfPresent("1")).isNull();
    }
}

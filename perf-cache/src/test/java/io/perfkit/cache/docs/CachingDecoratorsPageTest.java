package io.perfkit.cache.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.Deferral;
import io.perfkit.cache.Memoizer;
import io.perfkit.cache.PerfCache;
import io.perfkit.cache.WeakCache;
import io.perfkit.cache.proxy.BulkKey;
import io.perfkit.cache.proxy.Cached;
import io.perfkit.cache.proxy.CachingProxy;
import io.perfkit.cache.proxy.Invalidates;
import io.perfkit.cache.proxy.Updates;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The snippets of docs/caching-decorators.md, run. */
class CachingDecoratorsPageTest {

    record Product(long id, long categoryId, String name) {}

    record Document(String text) {}

    interface ProductRepository {

        @Cached(region = "product", key = "{id}", ttl = "10m")
        Optional<Product> findById(long id);

        @Cached(region = "product", key = "{ids}")
        Map<Long, Product> findAllById(@BulkKey Set<Long> ids);

        @Invalidates(region = "product", key = "{product.id}")
        @Invalidates(region = "listing", pattern = "cat:{product.categoryId}:*")
        void save(Product product);
    }

    interface Prices {

        @Cached(region = "price", key = "{productId}")
        long price(long productId);

        @Updates(region = "price", key = "{productId}")
        long changePrice(long productId, long cents);

        @Invalidates(region = "price", key = "{productId}", repeatAfter = "2s")
        void reprice(long productId);
    }

    /** The application's own. */
    private static final class JdbcProductRepository implements ProductRepository {

        private final Map<Long, Product> rows = new HashMap<>(Map.of(1L, new Product(1, 7, "tea")));
        private int queries;

        @Override
        public Optional<Product> findById(long id) {
            queries++;
            return Optional.ofNullable(rows.get(id));
        }

        @Override
        public Map<Long, Product> findAllById(Set<Long> ids) {
            queries++;
            Map<Long, Product> found = new HashMap<>(rows);
            found.keySet().retainAll(ids);
            return found;
        }

        @Override
        public void save(Product product) {
            rows.put(product.id(), product);
        }
    }

    /** The application's own. */
    private static final class Transactions {

        private interface Work {
            void run() throws SQLException;
        }

        void run(Work work) throws SQLException {
            work.run();
        }
    }

    private final PerfCache cache =
            PerfCache.builder("shop").executor(Runnable::run).build();
    private final CacheRegion<Product> products =
            cache.region("product", Product.class, CachePolicy.of(Duration.ofMinutes(30)));
    private final JdbcProductRepository jdbcRepository = new JdbcProductRepository();
    private final Transactions transactions = new Transactions();

    @AfterEach
    void close() {
        cache.close();
    }

    @Test
    void quickStart() {
        cache.region("listing", String.class, CachePolicy.of(Duration.ofMinutes(1)));

        ProductRepository repository = CachingProxy.of(ProductRepository.class, jdbcRepository, cache);

        Optional<Product> tea = repository.findById(1);
        Map<Long, Product> some = repository.findAllById(Set.of(1L, 2L));
        repository.save(new Product(1, 7, "green tea"));

        assertThat(tea).contains(new Product(1, 7, "tea"));
        assertThat(some).containsOnlyKeys(1L);
        assertThat(jdbcRepository.queries).isEqualTo(2);
        assertThat(repository.findById(1).orElseThrow().name()).isEqualTo("green tea");
    }

    @Test
    void transactions() throws SQLException {
        cache.region("listing", String.class, CachePolicy.of(Duration.ofMinutes(1)));
        ProductRepository repository = CachingProxy.of(ProductRepository.class, jdbcRepository, cache);
        Product product = new Product(1, 7, "green tea");
        repository.findById(1);

        cache.defer(() -> transactions.run(() -> {
            repository.save(product);
            products.invalidatePattern("1:*");
        }));

        assertThat(repository.findById(1)).contains(product);

        Deferral deferral = cache.defer();
        try {
            repository.save(product);
            deferral.commit();
        } finally {
            deferral.close();
        }
    }

    @Test
    void updatesAndRepetition() {
        CacheRegion<Long> prices = cache.region("price", Long.class, CachePolicy.of(Duration.ofHours(1)));
        Prices proxy = CachingProxy.of(
                Prices.class,
                new Prices() {
                    @Override
                    public long price(long productId) {
                        return 250;
                    }

                    @Override
                    public long changePrice(long productId, long cents) {
                        return cents;
                    }

                    @Override
                    public void reprice(long productId) {}
                },
                cache);
        proxy.changePrice(1, 300);
        assertThat(proxy.price(1)).isEqualTo(300);
        proxy.reprice(1);
        assertThat(proxy.price(1)).isEqualTo(250);

        prices.invalidate("1").repeatAfter(Duration.ofSeconds(2));

        assertThat(prices.getIfPresent("1")).isNull();
    }

    @Test
    void functions() {
        Function<Long, Product> find = products.decorate(id -> "" + id, jdbcRepository.rows::get);
        Function<String, Pattern> compile = Memoizer.of(Pattern::compile, 1_000);
        WeakCache<Document, Integer> words =
                WeakCache.of(document -> document.text().split(" ").length);

        assertThat(find.apply(1L)).isEqualTo(new Product(1, 7, "tea"));
        assertThat(find.apply(2L)).isNull();
        assertThat(compile.apply("a+")).isSameAs(compile.apply("a+"));
        assertThat(words.apply(new Document("a b c"))).isEqualTo(3);
    }
}

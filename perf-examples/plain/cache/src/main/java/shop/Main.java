package shop;

import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.PerfCache;
import io.perfkit.cache.proxy.Cached;
import io.perfkit.cache.proxy.CachingProxy;
import io.perfkit.cache.proxy.Invalidates;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A repository, cached without touching it. */
public final class Main {

    record Product(long id, String name) {}

    /** Yours already, but for the two annotations. */
    interface Products {

        @Cached(region = "product", key = "{id}")
        Optional<Product> findById(long id);

        @Invalidates(region = "product", key = "{product.id}")
        void save(Product product);
    }

    /** Yours already. Here it stands for a database. */
    static final class SlowProducts implements Products {

        private final Map<Long, Product> rows = new ConcurrentHashMap<>(Map.of(1L, new Product(1, "tea")));

        @Override
        public Optional<Product> findById(long id) {
            System.out.println("asking the database");
            return Optional.ofNullable(rows.get(id));
        }

        @Override
        public void save(Product product) {
            rows.put(product.id(), product);
        }
    }

    public static void main(String[] args) {
        try (PerfCache cache = PerfCache.builder("shop").build()) {
            cache.region("product", Product.class, CachePolicy.of(Duration.ofMinutes(30)));
            Products products = CachingProxy.of(Products.class, new SlowProducts(), cache);

            System.out.println(products.findById(1));
            System.out.println(products.findById(1));
            products.save(new Product(1, "green tea"));
            System.out.println(products.findById(1));
        }
    }

    private Main() {}
}

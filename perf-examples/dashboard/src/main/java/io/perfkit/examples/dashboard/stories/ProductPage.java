package io.perfkit.examples.dashboard.stories;

import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.PerfCache;
import io.perfkit.cache.proxy.CachingProxy;
import io.perfkit.examples.dashboard.http.HttpSide;
import io.perfkit.examples.dashboard.http.Query;
import io.perfkit.examples.dashboard.measure.Budget;
import io.perfkit.examples.dashboard.measure.Figures;
import io.perfkit.examples.dashboard.measure.Row;
import io.perfkit.examples.dashboard.measure.StoryResult;
import io.perfkit.examples.dashboard.measure.Units;
import io.perfkit.examples.dashboard.shop.Shop;
import io.perfkit.examples.dashboard.shop.Sql;
import io.perfkit.examples.dashboard.shop.Zipf;
import io.perfkit.examples.dashboard.stories.Products.Product;
import java.io.IOException;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;

/** The page of one product: read from the database for each viewer, then from a cache that a new price empties. */
public final class ProductPage implements Story {

    private static final int DAYS = 30;
    private static final int VIEWERS = 8;
    private static final int WARM_UP = 10;
    private static final double SEEN_WITHIN_NANOS = 100e6;
    private static final long POLL_NANOS = 100_000;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final LocalDateTime since;
    private final int products;
    private final Sql sql;
    private final Products here;
    private final Products onOtherNode;
    private long newest = 1_000_000;

    public ProductPage(Shop shop) {
        since = shop.data().lastDay().minusDays(DAYS - 1L).atStartOfDay();
        products = shop.data().size().products();
        sql = shop.before().sql();
        Products inDatabase = new Products.InDatabase(shop.after().dsl(), since);
        here = cached(inDatabase, shop.after().cache());
        onOtherNode = cached(inDatabase, shop.otherNode());
    }

    private static Products cached(Products inDatabase, PerfCache cache) {
        cache.region(Products.REGION, Product.class, CachePolicy.of(Duration.ofMinutes(10)));
        return CachingProxy.of(Products.class, inDatabase, cache);
    }

    @Override
    public String name() {
        return "product page";
    }

    @Override
    public String fault() {
        return "The repository is asked for the product, and for its sales of 30 days, for every viewer.";
    }

    @Override
    public String repair() {
        return "Two annotations on the repository's interface and a CachingProxy before it. A new price invalidates the"
                + " product's keys by pattern, on every node.";
    }

    @Override
    public void register(HttpSide http) {
        http.get("/before/product", this::before);
        http.get("/after/product", query -> product(here, query));
        http.get("/after/other-node/product", query -> product(onOtherNode, query));
        http.get("/after/product/price", this::changePrice);
    }

    @Override
    public List<String> links() {
        return List.of("/before/product", "/after/product");
    }

    // As it was found ------------------------------------------------------------------------------------------------

    private Product before(Query query) throws SQLException {
        long id = query.number("id", 1);
        int sold = sql.one(
                "select count(*) from transactions where product_id = ? and created_at >= ?",
                row -> row.getInt(1),
                id,
                since);
        return sql.one(
                "select name, category, price from products where id = ?",
                row -> new Product(id, row.getString(1), row.getString(2), row.getBigDecimal(3), sold),
                id);
    }

    // Repaired -------------------------------------------------------------------------------------------------------

    private static Product product(Products repository, Query query) {
        long id = query.number("id", 1);
        return repository
                .findById(id)
                .orElseThrow(() -> new Query.BadRequest("id must be that of a product, but was " + id));
    }

    private BigDecimal changePrice(Query query) {
        BigDecimal price = BigDecimal.valueOf(query.number("cents", 100), 2);
        here.changePrice(query.number("id", 1), price);
        return price;
    }

    // Measured -------------------------------------------------------------------------------------------------------

    @Override
    public StoryResult measure(Bench bench) throws Exception {
        Figures before = bench.before(VIEWERS + " viewers")
                .users(VIEWERS)
                .duration(bench.seconds(3))
                .run(viewed("/before/product"));
        Figures after = bench.after(VIEWERS + " viewers")
                .warmUp(1_000)
                .users(VIEWERS)
                .duration(bench.seconds(4))
                .run(viewed("/after/product"));
        changePrices(bench, WARM_UP);
        Changes changes = changePrices(bench, bench.quick() ? 20 : 60);
        Figures seen = bench.after("price seen by the other node").observed(changes.seenNanos, changes.elapsedNanos);
        return new StoryResult(
                name(),
                fault(),
                repair(),
                List.of(new Row(before, null), new Row(after, before), new Row(seen, null)),
                List.of(
                        Budget.exactly("errors", 0, after.errors()),
                        Budget.atMost("queries per request", 0.5, after.queries(), Units::count),
                        Budget.exactly("old prices on the node that changed them", 0, changes.oldHere),
                        Budget.atMost(
                                "slowest new price on the other node",
                                SEEN_WITHIN_NANOS,
                                seen.maxNanos(),
                                Units::nanos)),
                List.of(),
                List.of("The other node is a second PerfCache with its own memory and its own connections to the same"
                        + " Redis; it had the old page in memory before each of the " + changes.seenNanos.size()
                        + " changes."));
    }

    /** Viewers look at products as customers buy them: at a few of them most of the time. */
    private LongFunction<String> viewed(String path) {
        Zipf popularity = new Zipf(products, 1.0);
        return i -> path + "?id=" + (1 + popularity.rank(new SplittableRandom(i).nextDouble()));
    }

    private record Changes(List<Long> seenNanos, long elapsedNanos, int oldHere) {}

    private Changes changePrices(Bench bench, int number) throws IOException, InterruptedException {
        List<Long> seen = new ArrayList<>();
        int oldHere = 0;
        long start = System.nanoTime();
        for (int i = 0; i < number; i++) {
            int id = 1 + i % products;
            BigDecimal price = BigDecimal.valueOf(newest++, 2);
            price(bench, "/after/other-node/product?id=" + id);
            bench.json("/after/product/price?id=" + id + "&cents=" + price.unscaledValue());
            long changed = System.nanoTime();
            oldHere += has(here, id, price) ? 0 : 1;
            // Asked here and not over HTTP, whose time is none of the cache's.
            while (!has(onOtherNode, id, price) && System.nanoTime() - changed < PATIENCE_NANOS) {
                LockSupport.parkNanos(POLL_NANOS);
            }
            long waited = System.nanoTime() - changed;
            if (price(bench, "/after/other-node/product?id=" + id).compareTo(price) != 0) {
                waited = PATIENCE_NANOS;
            }
            seen.add(waited);
        }
        return new Changes(seen, System.nanoTime() - start, oldHere);
    }

    private static boolean has(Products node, long id, BigDecimal price) {
        return node.findById(id).orElseThrow().price().compareTo(price) == 0;
    }

    private static BigDecimal price(Bench bench, String path) throws IOException, InterruptedException {
        return bench.json(path).get("price").decimalValue();
    }
}

package io.perfkit.examples.dashboard.stories;

import static io.perfkit.examples.dashboard.shop.Tables.PRODUCTS;
import static io.perfkit.examples.dashboard.shop.Tables.TRANSACTIONS;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.countDistinct;
import static org.jooq.impl.DSL.sum;

import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.examples.dashboard.http.HttpSide;
import io.perfkit.examples.dashboard.measure.Budget;
import io.perfkit.examples.dashboard.measure.Figures;
import io.perfkit.examples.dashboard.measure.Row;
import io.perfkit.examples.dashboard.measure.StoryResult;
import io.perfkit.examples.dashboard.measure.Units;
import io.perfkit.examples.dashboard.shop.Shop;
import io.perfkit.examples.dashboard.shop.Sql;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jooq.DSLContext;
import org.jooq.Records;

/** The tiles everybody looks at: recomputed for each viewer, then once a minute for all of them. */
public final class DashboardTiles implements Story {

    private static final int DAYS = 30;
    private static final int TOP = 8;
    private static final int CLIENTS = 200;

    record Tile(String category, int sales, BigDecimal amount) {}

    record Tiles(int sales, int customers, BigDecimal revenue, List<Tile> categories) {}

    private final LocalDateTime since;
    private final Sql sql;
    private final DSLContext dsl;
    private final CacheRegion<Tiles> tiles;
    private final AtomicInteger loads = new AtomicInteger();

    public DashboardTiles(Shop shop) {
        since = shop.data().lastDay().minusDays(DAYS - 1L).atStartOfDay();
        sql = shop.before().sql();
        dsl = shop.after().dsl();
        tiles = shop.after()
                .cache()
                .region(
                        "tiles",
                        Tiles.class,
                        CachePolicy.builder().ttl(Duration.ofSeconds(60)).build());
    }

    @Override
    public String name() {
        return "dashboard tiles";
    }

    @Override
    public String fault() {
        return "The figures of the last 30 days are computed anew for every viewer.";
    }

    @Override
    public String repair() {
        return "A cache region with a TTL of 60 s: one load for all viewers, also for those who arrive while it runs.";
    }

    @Override
    public void register(HttpSide http) {
        http.get("/before/tiles", query -> before());
        http.get("/after/tiles", query -> after());
    }

    @Override
    public List<String> links() {
        return List.of("/before/tiles", "/after/tiles");
    }

    // As it was found ------------------------------------------------------------------------------------------------

    private Tiles before() throws SQLException {
        int sales = sql.one("select count(*) from transactions where created_at >= ?", row -> row.getInt(1), since);
        int customers = sql.one(
                "select count(distinct user_id) from transactions where created_at >= ?", row -> row.getInt(1), since);
        BigDecimal revenue = sql.one(
                "select sum(amount) from transactions where created_at >= ?", row -> row.getBigDecimal(1), since);
        List<Tile> categories = sql.list(
                "select p.category, count(*), sum(t.amount) from transactions t join products p on p.id = t.product_id"
                        + " where t.created_at >= ? group by p.category order by 3 desc, 1 limit ?",
                row -> new Tile(row.getString(1), row.getInt(2), row.getBigDecimal(3)),
                since,
                TOP);
        return new Tiles(sales, customers, revenue, categories);
    }

    // Repaired -------------------------------------------------------------------------------------------------------

    private Tiles after() {
        return tiles.getOrSet("last-30-days", this::load);
    }

    private Tiles load() {
        loads.incrementAndGet();
        List<Tile> categories = dsl.select(PRODUCTS.CATEGORY, count(), sum(TRANSACTIONS.AMOUNT))
                .from(TRANSACTIONS)
                .join(PRODUCTS)
                .on(PRODUCTS.ID.eq(TRANSACTIONS.PRODUCT_ID))
                .where(TRANSACTIONS.CREATED_AT.ge(since))
                .groupBy(PRODUCTS.CATEGORY)
                .orderBy(sum(TRANSACTIONS.AMOUNT).desc(), PRODUCTS.CATEGORY)
                .limit(TOP)
                .fetch(Records.mapping(Tile::new));
        return dsl.select(count(), countDistinct(TRANSACTIONS.USER_ID), sum(TRANSACTIONS.AMOUNT))
                .from(TRANSACTIONS)
                .where(TRANSACTIONS.CREATED_AT.ge(since))
                .fetchSingle(row -> new Tiles(row.value1(), row.value2(), row.value3(), categories));
    }

    // Measured -------------------------------------------------------------------------------------------------------

    @Override
    public StoryResult measure(Bench bench) throws Exception {
        Figures beforeCrowd = bench.before(CLIENTS + " at once")
                .warmUp(4)
                .users(CLIENTS)
                .tryingAgain()
                .requests(CLIENTS)
                .run(i -> "/before/tiles");
        Figures before = bench.before("8 viewers")
                .warmUp(8)
                .users(8)
                .duration(bench.seconds(4))
                .run(i -> "/before/tiles");
        tiles.clear();
        int loadsBefore = loads.get();
        // Without a warm-up: whoever comes first finds nothing cached.
        Figures crowd = bench.after(CLIENTS + " at once, nothing cached")
                .warmUp(0)
                .users(CLIENTS)
                .tryingAgain()
                .requests(CLIENTS)
                .run(i -> "/after/tiles");
        int loadsOfCrowd = loads.get() - loadsBefore;
        Figures cached = bench.after("8 viewers, cached")
                .users(8)
                .duration(bench.seconds(4))
                .run(i -> "/after/tiles");
        return new StoryResult(
                name(),
                fault(),
                repair(),
                List.of(
                        new Row(beforeCrowd, null),
                        new Row(crowd, beforeCrowd),
                        new Row(before, null),
                        new Row(cached, before)),
                List.of(
                        Budget.exactly("loads for " + CLIENTS + " clients at once", 1, loadsOfCrowd),
                        Budget.exactly("errors for " + CLIENTS + " clients at once", 0, crowd.errors()),
                        Budget.atLeast("requests/s on the cached tiles", 650, cached.answersPerSecond(), Units::rate),
                        Budget.atMost("queries per request, cached", 0, cached.queries(), Units::count)),
                List.of(),
                List.of());
    }
}

package io.perfkit.examples.dashboard.stories;

import static io.perfkit.examples.dashboard.shop.Tables.PRODUCTS;
import static io.perfkit.examples.dashboard.shop.Tables.TRANSACTIONS;
import static io.perfkit.examples.dashboard.shop.Tables.USERS;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.partitionBy;
import static org.jooq.impl.DSL.select;
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
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Records;
import org.jooq.Table;

/** Who bought what on a day, the best customers first: thousands of queries, then one. */
public final class SalesReport implements Story {

    private static final int LINES = 100;

    /** A customer's purchases of one product, with what that customer bought and that product sold for in all. */
    record Line(
            long customerId,
            String customer,
            long productId,
            String product,
            int sales,
            BigDecimal amount,
            BigDecimal customerTotal,
            BigDecimal productTotal) {

        Line plus(BigDecimal more) {
            return new Line(
                    customerId, customer, productId, product, sales + 1, amount.add(more), customerTotal, productTotal);
        }
    }

    record Report(LocalDate day, List<Line> lines) {}

    private final LocalDate lastDay;
    private final int days;
    private final Sql sql;
    private final DSLContext dsl;
    private final CacheRegion<Report> reports;

    public SalesReport(Shop shop) {
        lastDay = shop.data().lastDay();
        days = shop.data().size().days();
        sql = shop.before().sql();
        dsl = shop.after().dsl();
        reports = shop.after()
                .cache()
                .region(
                        "report",
                        Report.class,
                        CachePolicy.builder()
                                .ttl(Duration.ofMinutes(5))
                                .staleWhileRevalidate(Duration.ofHours(1))
                                .build());
    }

    @Override
    public String name() {
        return "sales report";
    }

    @Override
    public String fault() {
        return "Loads the day's 2,000 transactions, then the user, the product and two sums for each of them with a"
                + " query each, and sorts in memory.";
    }

    @Override
    public String repair() {
        return "One aggregate in the database; its result is cached in both tiers and refreshed while the stale one is"
                + " still served.";
    }

    @Override
    public void register(HttpSide http) {
        http.get("/before/reports/sales", query -> before(query.day("day", lastDay)));
        http.get("/after/reports/sales", query -> after(query.day("day", lastDay)));
    }

    @Override
    public List<String> links() {
        return List.of("/before/reports/sales?day=" + lastDay, "/after/reports/sales?day=" + lastDay);
    }

    // As it was found ------------------------------------------------------------------------------------------------

    private record Sale(long userId, long productId, BigDecimal amount) {}

    private record Pair(long userId, long productId) {}

    private Report before(LocalDate day) throws SQLException {
        LocalDateTime from = day.atStartOfDay();
        LocalDateTime to = from.plusDays(1);
        List<Sale> sales = sql.list(
                "select user_id, product_id, amount from transactions where created_at >= ? and created_at < ?",
                row -> new Sale(row.getLong(1), row.getLong(2), row.getBigDecimal(3)),
                from,
                to);
        Map<Pair, Line> lines = new LinkedHashMap<>();
        for (Sale sale : sales) {
            String customer = sql.one("select name from users where id = ?", row -> row.getString(1), sale.userId());
            String product =
                    sql.one("select name from products where id = ?", row -> row.getString(1), sale.productId());
            BigDecimal customerTotal = sql.one(
                    "select sum(amount) from transactions where user_id = ? and created_at >= ? and created_at < ?",
                    row -> row.getBigDecimal(1),
                    sale.userId(),
                    from,
                    to);
            BigDecimal productTotal = sql.one(
                    "select sum(amount) from transactions where product_id = ? and created_at >= ? and created_at < ?",
                    row -> row.getBigDecimal(1),
                    sale.productId(),
                    from,
                    to);
            Pair pair = new Pair(sale.userId(), sale.productId());
            Line line = lines.get(pair);
            lines.put(
                    pair,
                    line != null
                            ? line.plus(sale.amount())
                            : new Line(
                                    sale.userId(),
                                    customer,
                                    sale.productId(),
                                    product,
                                    1,
                                    sale.amount(),
                                    customerTotal,
                                    productTotal));
        }
        List<Line> sorted = new ArrayList<>(lines.values());
        sorted.sort(Comparator.comparing(Line::customerTotal)
                .reversed()
                .thenComparing(Line::customerId)
                .thenComparing(Comparator.comparing(Line::productTotal).reversed())
                .thenComparing(Line::productId));
        return new Report(day, sorted.subList(0, Math.min(LINES, sorted.size())));
    }

    // Repaired -------------------------------------------------------------------------------------------------------

    private Report after(LocalDate day) {
        return reports.getOrSet(day.toString(), () -> load(day));
    }

    /** Names are looked up for the lines that are shown, not for all that were added up. */
    private Report load(LocalDate day) {
        Field<Integer> sales = count().as("sales");
        Field<BigDecimal> amount = sum(TRANSACTIONS.AMOUNT).as("amount");
        Field<BigDecimal> customerTotal = sum(sum(TRANSACTIONS.AMOUNT))
                .over(partitionBy(TRANSACTIONS.USER_ID))
                .as("customer_total");
        Field<BigDecimal> productTotal = sum(sum(TRANSACTIONS.AMOUNT))
                .over(partitionBy(TRANSACTIONS.PRODUCT_ID))
                .as("product_total");
        Table<?> sold = select(
                        TRANSACTIONS.USER_ID, TRANSACTIONS.PRODUCT_ID, sales, amount, customerTotal, productTotal)
                .from(TRANSACTIONS)
                .where(TRANSACTIONS.CREATED_AT.ge(day.atStartOfDay()))
                .and(TRANSACTIONS.CREATED_AT.lt(day.plusDays(1).atStartOfDay()))
                .groupBy(TRANSACTIONS.USER_ID, TRANSACTIONS.PRODUCT_ID)
                .orderBy(customerTotal.desc(), TRANSACTIONS.USER_ID, productTotal.desc(), TRANSACTIONS.PRODUCT_ID)
                .limit(LINES)
                .asTable("sold");
        List<Line> lines = dsl.select(
                        USERS.ID,
                        USERS.NAME,
                        PRODUCTS.ID,
                        PRODUCTS.NAME,
                        sold.field(sales),
                        sold.field(amount),
                        sold.field(customerTotal),
                        sold.field(productTotal))
                .from(sold)
                .join(USERS)
                .on(USERS.ID.eq(sold.field(TRANSACTIONS.USER_ID)))
                .join(PRODUCTS)
                .on(PRODUCTS.ID.eq(sold.field(TRANSACTIONS.PRODUCT_ID)))
                .orderBy(
                        sold.field(customerTotal).desc(),
                        USERS.ID,
                        sold.field(productTotal).desc(),
                        PRODUCTS.ID)
                .fetch(Records.mapping(Line::new));
        return new Report(day, lines);
    }

    // Measured -------------------------------------------------------------------------------------------------------

    @Override
    public StoryResult measure(Bench bench) throws Exception {
        Figures before = bench.before("a day")
                .warmUp(1)
                .requests(bench.quick() ? 1 : 3)
                .cutAt(Duration.ofSeconds(30))
                .run(i -> "/before/reports/sales?day=" + lastDay.minusDays(i));
        // Each day once: a report that nobody has asked for is in neither tier. The last day is left for the next run.
        Figures cold = bench.after("cold")
                .warmUp(days / 10)
                .requests(Math.min(days / 2, bench.quick() ? 100 : 250))
                .run(i -> "/after/reports/sales?day=" + lastDay.minusDays(1 + i));
        Figures cached = bench.after("cached")
                .warmUp(300)
                .users(2)
                .duration(bench.seconds(4))
                .run(i -> "/after/reports/sales?day=" + lastDay);
        return new StoryResult(
                name(),
                fault(),
                repair(),
                List.of(new Row(before, null), new Row(cold, before), new Row(cached, before)),
                List.of(
                        Budget.atMost("p95, cold", 500e6, cold.p95Nanos(), Units::nanos),
                        Budget.atMost("p95, cached", 20e6, cached.p95Nanos(), Units::nanos),
                        Budget.atLeast(
                                "times faster than before (p95), cold",
                                100,
                                cold.timesFasterThan(before),
                                Units::ratio),
                        Budget.atLeast(
                                "times faster than before (p95), cached",
                                100,
                                cached.timesFasterThan(before),
                                Units::ratio),
                        Budget.atLeast("queries per request before", 1_000, before.queries(), Units::count),
                        Budget.atMost("queries per request, cold", 1, cold.queries(), Units::count),
                        Budget.atMost("queries per request, cached", 0, cached.queries(), Units::count)),
                List.of(),
                List.of());
    }
}

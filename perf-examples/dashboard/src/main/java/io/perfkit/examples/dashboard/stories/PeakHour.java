package io.perfkit.examples.dashboard.stories;

import static io.perfkit.examples.dashboard.shop.Tables.PRODUCTS;
import static io.perfkit.examples.dashboard.shop.Tables.TRANSACTIONS;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.sum;

import io.perfkit.examples.dashboard.http.HttpSide;
import io.perfkit.examples.dashboard.measure.Budget;
import io.perfkit.examples.dashboard.measure.Figures;
import io.perfkit.examples.dashboard.measure.Plot;
import io.perfkit.examples.dashboard.measure.Row;
import io.perfkit.examples.dashboard.measure.Side;
import io.perfkit.examples.dashboard.measure.StoryResult;
import io.perfkit.examples.dashboard.measure.Units;
import io.perfkit.examples.dashboard.shop.Shop;
import io.perfkit.examples.dashboard.shop.Sql;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Records;

/** Two hundred clients and a database that serves a few at a time: errors, then a queue. */
public final class PeakHour implements Story {

    private static final int CLIENTS = 200;

    /** Enough for every connection to have prepared the query, and for most of the code to be compiled. */
    private static final int WARM_UP = 400;

    /** Far below the 30 s that a request may wait for a connection: the queue is bounded by fairness, not by luck. */
    private static final double LONGEST_WAIT_NANOS = 5e9;

    record Category(String name, int sales, BigDecimal amount) {}

    private final LocalDate lastDay;
    private final Sql sql;
    private final DSLContext dsl;

    public PeakHour(Shop shop) {
        lastDay = shop.data().lastDay();
        sql = shop.before().sql();
        dsl = shop.after().dsl();
    }

    @Override
    public String name() {
        return "peak hour";
    }

    @Override
    public String fault() {
        return "A pool of 10 connections gives up after 250 ms: in the peak hour requests end in errors.";
    }

    @Override
    public String repair() {
        return "A bounded data source of as many connections, first come, first served, for up to 30 s: everyone gets an"
                + " answer.";
    }

    @Override
    public void register(HttpSide http) {
        http.get("/before/sales/today", query -> before());
        http.get("/after/sales/today", query -> after());
    }

    @Override
    public List<String> links() {
        return List.of("/before/sales/today", "/after/sales/today");
    }

    // As it was found ------------------------------------------------------------------------------------------------

    private List<Category> before() throws SQLException {
        return sql.list(
                "select p.category, count(*), sum(t.amount) from transactions t join products p on p.id = t.product_id"
                        + " where t.created_at >= ? group by p.category order by p.category",
                row -> new Category(row.getString(1), row.getInt(2), row.getBigDecimal(3)),
                lastDay.atStartOfDay());
    }

    // Repaired: the same query; what changed is the data source behind it --------------------------------------------

    private List<Category> after() {
        return dsl.select(PRODUCTS.CATEGORY, count(), sum(TRANSACTIONS.AMOUNT))
                .from(TRANSACTIONS)
                .join(PRODUCTS)
                .on(PRODUCTS.ID.eq(TRANSACTIONS.PRODUCT_ID))
                .where(TRANSACTIONS.CREATED_AT.ge(lastDay.atStartOfDay()))
                .groupBy(PRODUCTS.CATEGORY)
                .orderBy(PRODUCTS.CATEGORY)
                .fetch(Records.mapping(Category::new));
    }

    // Measured -------------------------------------------------------------------------------------------------------

    @Override
    public StoryResult measure(Bench bench) throws Exception {
        Figures before = bench.before(CLIENTS + " clients")
                .users(CLIENTS)
                .warmUp(WARM_UP)
                .tryingAgain()
                .duration(bench.seconds(6))
                .run(i -> "/before/sales/today");
        Figures after = bench.after(CLIENTS + " clients")
                .users(CLIENTS)
                .warmUp(WARM_UP)
                .tryingAgain()
                .duration(bench.seconds(6))
                .run(i -> "/after/sales/today");
        return new StoryResult(
                name(),
                fault(),
                repair(),
                List.of(new Row(before, null), new Row(after, before)),
                List.of(
                        Budget.exactly("errors with " + CLIENTS + " clients", 0, after.errors()),
                        Budget.atMost("slowest request", LONGEST_WAIT_NANOS, after.maxNanos(), Units::nanos),
                        Budget.atMost("queries per request", 2, after.queries(), Units::count)),
                List.of(new Plot(
                        "Share of clients that were answered, and within what time",
                        "% of clients",
                        Units::count,
                        Units::nanos,
                        false,
                        List.of(
                                before.answer().line(Side.BEFORE, "before: failed requests sent again"),
                                after.answer().line(Side.AFTER, "after")))),
                List.of(
                        "Before, " + Units.count(before.errors()) + " of " + Units.count(before.requests())
                                + " requests ended in an error, and their clients sent them again: 95 of 100 requests ended within "
                                + Units.nanos(before.request().p95Nanos())
                                + ", with an answer or an error, but 95 of 100 clients"
                                + " had their answer within " + Units.nanos(before.p95Nanos())
                                + ". After, all wait their turn"
                                + " and none fails: 95 of 100 had it within " + Units.nanos(after.p95Nanos()) + ".",
                        "With so many clients at all times a client waits for the others, whatever the pool: "
                                + "on average " + CLIENTS
                                + " / (successful answers per second). The repair makes nothing faster"
                                + " that the database does; it takes the errors away, and the luck out of the waiting."));
    }
}

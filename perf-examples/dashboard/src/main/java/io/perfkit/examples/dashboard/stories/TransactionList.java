package io.perfkit.examples.dashboard.stories;

import static io.perfkit.examples.dashboard.shop.Tables.TRANSACTIONS;
import static org.jooq.impl.DSL.noCondition;

import io.perfkit.examples.dashboard.http.HttpSide;
import io.perfkit.examples.dashboard.http.Query;
import io.perfkit.examples.dashboard.measure.Budget;
import io.perfkit.examples.dashboard.measure.Figures;
import io.perfkit.examples.dashboard.measure.Plot;
import io.perfkit.examples.dashboard.measure.Row;
import io.perfkit.examples.dashboard.measure.Side;
import io.perfkit.examples.dashboard.measure.StoryResult;
import io.perfkit.examples.dashboard.measure.Units;
import io.perfkit.examples.dashboard.shop.Shop;
import io.perfkit.examples.dashboard.shop.Sql;
import io.perfkit.pagination.CursorCodec;
import io.perfkit.pagination.CursorPage;
import io.perfkit.pagination.CursorPaginator;
import io.perfkit.pagination.CursorRequest;
import io.perfkit.pagination.InvalidCursorException;
import io.perfkit.pagination.KeyRing;
import io.perfkit.pagination.Keyset;
import java.math.BigDecimal;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** All transactions, the newest first, page by page: numbered pages, then cursors. */
public final class TransactionList implements Story {

    private static final int PAGE = 50;

    /** For what takes a second in the database: two requests bring its pages into memory, and ten would only wait. */
    private static final int SLOW_WARM_UP = 2;

    /** At scale 1 this many pages before the last one is page 20,000. */
    private static final int PAGES_FROM_THE_END = 80;

    record Item(long id, long customerId, long productId, BigDecimal amount, String status, LocalDateTime createdAt) {}

    record NumberedPage(long page, long pages, long total, List<Item> items) {}

    record CursorView(
            List<Item> items,
            @Nullable String previous,
            @Nullable String next) {}

    private final Sql sql;
    private final DSLContext dsl;
    private final CursorPaginator<Record> paginator;
    private final long busiestCustomer;
    private final int pages;

    public TransactionList(Shop shop) {
        sql = shop.before().sql();
        dsl = shop.after().dsl();
        busiestCustomer = shop.data().busiestCustomer();
        pages = Math.toIntExact(shop.data().size().transactions() / PAGE);
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        paginator = CursorPaginator.over(dsl, Keyset.by(TRANSACTIONS.CREATED_AT.desc(), TRANSACTIONS.ID.desc()))
                .cursors(CursorCodec.signed(KeyRing.of("2026-11", secret)))
                .defaultSize(PAGE)
                .maximumSize(500)
                .build();
    }

    @Override
    public String name() {
        return "transaction list";
    }

    @Override
    public String fault() {
        return "Numbered pages by OFFSET, each with a count(*) over the whole table; and a customer's history without"
                + " any limit.";
    }

    @Override
    public String repair() {
        return "Keyset pages with signed cursors: each page is one range of the index, at any depth.";
    }

    @Override
    public void register(HttpSide http) {
        http.get("/before/transactions", query -> before(query.number("page", 1)));
        http.get("/before/customers/transactions", query -> beforeOf(query.number("customer", busiestCustomer)));
        http.get("/after/transactions", query -> after(noCondition(), query));
        http.get(
                "/after/customers/transactions",
                query -> after(TRANSACTIONS.USER_ID.eq(query.number("customer", busiestCustomer)), query));
    }

    @Override
    public List<String> links() {
        return List.of(
                "/before/transactions",
                "/before/transactions?page=" + deepPage(),
                "/after/transactions",
                "/after/transactions?last=" + PAGE,
                "/after/customers/transactions");
    }

    // As it was found ------------------------------------------------------------------------------------------------

    private static final String ITEMS = "select id, user_id, product_id, amount, status, created_at from transactions";

    private NumberedPage before(long page) throws SQLException {
        long total = sql.one("select count(*) from transactions", row -> row.getLong(1));
        List<Item> items = sql.list(
                ITEMS + " order by created_at desc, id desc limit ? offset ?",
                TransactionList::item,
                PAGE,
                (page - 1) * PAGE);
        return new NumberedPage(page, (total + PAGE - 1) / PAGE, total, items);
    }

    private List<Item> beforeOf(long customer) throws SQLException {
        return sql.list(
                ITEMS + " where user_id = ? order by created_at desc, id desc", TransactionList::item, customer);
    }

    private static Item item(ResultSet row) throws SQLException {
        return new Item(
                row.getLong(1),
                row.getLong(2),
                row.getLong(3),
                row.getBigDecimal(4),
                row.getString(5),
                row.getObject(6, LocalDateTime.class));
    }

    // Repaired -------------------------------------------------------------------------------------------------------

    private CursorView after(Condition filter, Query query) {
        try {
            CursorPage<Item> page = paginator
                    .fetch(
                            dsl.select(
                                            TRANSACTIONS.ID,
                                            TRANSACTIONS.USER_ID,
                                            TRANSACTIONS.PRODUCT_ID,
                                            TRANSACTIONS.AMOUNT,
                                            TRANSACTIONS.STATUS,
                                            TRANSACTIONS.CREATED_AT)
                                    .from(TRANSACTIONS)
                                    .where(filter),
                            request(query))
                    .map(TransactionList::item);
            return new CursorView(
                    page.items(), page.previous().orElse(null), page.next().orElse(null));
        } catch (InvalidCursorException e) {
            throw new Query.BadRequest(e.getMessage());
        }
    }

    private static CursorRequest request(Query query) {
        boolean backward = query.text("last") != null || query.text("before") != null;
        return backward
                ? CursorRequest.last((int) query.number("last", PAGE)).before(query.text("before"))
                : CursorRequest.first((int) query.number("first", PAGE)).after(query.text("after"));
    }

    private static Item item(Record row) {
        return new Item(
                row.get(TRANSACTIONS.ID),
                row.get(TRANSACTIONS.USER_ID),
                row.get(TRANSACTIONS.PRODUCT_ID),
                row.get(TRANSACTIONS.AMOUNT),
                row.get(TRANSACTIONS.STATUS),
                row.get(TRANSACTIONS.CREATED_AT));
    }

    // Measured -------------------------------------------------------------------------------------------------------

    @Override
    public StoryResult measure(Bench bench) throws Exception {
        String deep = "page " + Units.count(deepPage());
        Plot.Line beforeLine = new Plot.Line(Side.BEFORE, "before: OFFSET and count(*)");
        Plot.Line afterLine = new Plot.Line(Side.AFTER, "after: cursor");
        List<Row> rows = new ArrayList<>();

        Figures beforeFirst = bench.before("page 1")
                .warmUp(SLOW_WARM_UP)
                .requests(bench.quick() ? 10 : 30)
                .run(i -> "/before/transactions");
        Figures beforeDeep = bench.before(deep)
                .warmUp(SLOW_WARM_UP)
                .requests(bench.quick() ? 10 : 20)
                .run(i -> "/before/transactions?page=" + deepPage());
        String deepPath = deepPath(bench);
        // Page 1 and the deep page in turn, so that whatever else the machine does happens to both.
        List<Figures> pair = bench.after("page 1 and " + deep)
                .warmUp(300)
                .users(2)
                .duration(bench.seconds(5))
                .run(List.of("page 1", deep), List.of(i -> "/after/transactions", i -> deepPath));
        Figures first = pair.get(0);
        Figures last = pair.get(1);
        Figures unlimited = bench.before("a customer's history")
                .warmUp(SLOW_WARM_UP)
                .requests(bench.quick() ? 2 : 4)
                .run(i -> "/before/customers/transactions");
        Figures limited = bench.after("a customer's history")
                .users(2)
                .duration(bench.seconds(2))
                .run(i -> "/after/customers/transactions");
        depths(bench, beforeLine, afterLine, List.of(beforeFirst, beforeDeep, first, last));

        rows.add(new Row(beforeFirst, null));
        rows.add(new Row(first, beforeFirst));
        rows.add(new Row(beforeDeep, null));
        rows.add(new Row(last, beforeDeep));
        rows.add(new Row(unlimited, null));
        rows.add(new Row(limited, unlimited));
        return new StoryResult(
                name(),
                fault(),
                repair(),
                rows,
                List.of(
                        Budget.atMost("p95, " + deep, 35e6, last.p95Nanos(), Units::nanos),
                        Budget.atMost(
                                "p95 of " + deep + " against page 1",
                                2,
                                last.p95Nanos() / first.p95Nanos(),
                                Units::ratio),
                        Budget.atMost("queries per request", 2, last.queries(), Units::count)),
                List.of(new Plot(
                        "Median by depth of the page",
                        "page",
                        Units::count,
                        Units::nanos,
                        true,
                        List.of(beforeLine, afterLine))),
                List.of("Page 1 and " + deep + " of the repaired side were requested in turn by the same clients."));
    }

    private void depths(Bench bench, Plot.Line before, Plot.Line after, List<Figures> ends) throws Exception {
        before.add(1, ends.get(0).p50Nanos());
        after.add(1, ends.get(2).p50Nanos());
        int requests = bench.quick() ? 5 : 10;
        for (int page : new int[] {10, 100, 1_000}) {
            if (page < deepPage()) {
                String path = forwardPath(bench, page);
                before.add(
                        page,
                        bench.before("page " + Units.count(page))
                                .warmUp(SLOW_WARM_UP)
                                .requests(requests)
                                .run(i -> "/before/transactions?page=" + page)
                                .p50Nanos());
                after.add(
                        page,
                        bench.after("page " + Units.count(page))
                                .requests(requests * 10)
                                .run(i -> path)
                                .p50Nanos());
            }
        }
        before.add(deepPage(), ends.get(1).p50Nanos());
        after.add(deepPage(), ends.get(3).p50Nanos());
    }

    int deepPage() {
        return Math.max(2, pages - PAGES_FROM_THE_END);
    }

    /** The deep page as a client reaches it: from the last page backwards, then forwards by its cursor. */
    String deepPath(Bench bench) throws Exception {
        JsonNode page = bench.json("/after/transactions?last=" + PAGE);
        for (int number = pages; number >= deepPage(); number--) {
            page = bench.json("/after/transactions?last=" + PAGE + "&before="
                    + page.get("previous").asString());
        }
        return "/after/transactions?after=" + page.get("next").asString();
    }

    /** A page near the front, reached in larger steps. */
    private static String forwardPath(Bench bench, int page) throws Exception {
        int rows = (page - 1) * PAGE;
        String after = "";
        while (rows > 0) {
            int step = Math.min(rows, 500);
            JsonNode answer = bench.json("/after/transactions?first=" + step + after);
            after = "&after=" + answer.get("next").asString();
            rows -= step;
        }
        return "/after/transactions?first=" + PAGE + after;
    }
}

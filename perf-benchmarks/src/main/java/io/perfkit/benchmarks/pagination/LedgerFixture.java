package io.perfkit.benchmarks.pagination;

import io.perfkit.benchmarks.Fixture;
import io.perfkit.pagination.CursorPage;
import io.perfkit.pagination.CursorPaginator;
import io.perfkit.pagination.CursorRequest;
import io.perfkit.pagination.Keyset;
import io.perfkit.testkit.PostgresServer;
import java.sql.Connection;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Select;

/**
 * A PostgreSQL with the {@link Ledger}, and the cursors that a client holds after one million rows. They are made as a
 * client gets them, by following {@code next()} from the first page, so no side starts from something it could not have.
 */
public final class LedgerFixture implements Fixture {

    private static final String PREFIX = "perfkit.benchmarks.ledger.";
    static final String URL = PREFIX + "url";
    static final String UNIFORM = PREFIX + "uniform";
    static final String DEEPEST = PREFIX + "deepest";
    static final String MIXED = PREFIX + "mixed";
    static final String FEW = PREFIX + "few";
    static final String NULLABLE = PREFIX + "nullable";
    static final String ROW_ID = ".id";
    static final String ROW_TIME = ".time";
    static final String ROW_STATUS = ".status";

    /** The largest step on the way to the depth. */
    private static final int STEP = 50_000;

    private final PostgresServer server;
    private final Map<String, String> properties;

    private LedgerFixture(PostgresServer server, Map<String, String> properties) {
        this.server = server;
        this.properties = properties;
    }

    /** Starts the server, fills the table (some ten seconds) and walks to the depth once for each ordering. */
    public static LedgerFixture start() throws Exception {
        PostgresServer server = PostgresServer.startNew();
        try {
            String url = server.jdbcUrl(server.createDatabase());
            System.out.println("# pagination: filling a table with " + Ledger.ROWS + " rows");
            Map<String, String> properties = new LinkedHashMap<>();
            properties.put(URL, url);
            try (Connection connection = Ledger.connect(url)) {
                Ledger.create(connection);
                DSLContext dsl = Ledger.dsl(connection);
                place(properties, UNIFORM, dsl, Ledger.UNIFORM, Ledger.DEPTH, Ledger.CREATED_AT);
                place(properties, DEEPEST, dsl, Ledger.UNIFORM, Ledger.DEEPEST, Ledger.CREATED_AT);
                place(properties, MIXED, dsl, Ledger.MIXED, Ledger.DEPTH, Ledger.CREATED_AT);
                place(properties, FEW, dsl, Ledger.FEW, Ledger.DEPTH, Ledger.CREATED_AT);
                place(properties, NULLABLE, dsl, Ledger.NULLABLE, Ledger.DEPTH, Ledger.SETTLED_AT);
            }
            return new LedgerFixture(server, properties);
        } catch (Exception | Error e) {
            server.close();
            throw e;
        }
    }

    private static void place(
            Map<String, String> properties,
            String name,
            DSLContext dsl,
            Keyset keyset,
            int wanted,
            Field<LocalDateTime> time) {
        // The nullable ordering pages a select with other columns, so its cursors are made from that select.
        CursorPaginator<Record> paginator = Ledger.paginator(dsl, keyset, STEP, false);
        Select<? extends Record> select = time == Ledger.CREATED_AT ? Ledger.select(dsl) : Ledger.settled(dsl);
        CursorRequest request = CursorRequest.first(STEP);
        for (int depth = STEP; ; depth += STEP) {
            CursorPage<Record> page = paginator.fetch(select, request);
            String token = page.next().orElseThrow();
            if (depth == wanted) {
                Record last = page.items().get(page.items().size() - 1);
                properties.put(name, token);
                properties.put(name + ROW_ID, String.valueOf(last.get(Ledger.ID)));
                properties.put(name + ROW_TIME, String.valueOf(last.get(time)));
                properties.put(
                        name + ROW_STATUS, time == Ledger.CREATED_AT ? String.valueOf(last.get(Ledger.STATUS)) : "");
                return;
            }
            request = CursorRequest.first(STEP).after(token);
        }
    }

    @Override
    public Map<String, String> properties() {
        return properties;
    }

    @Override
    public void close() {
        server.close();
    }
}

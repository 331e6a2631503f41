package io.perfkit.benchmarks.pagination;

import io.perfkit.benchmarks.Fixture;
import io.perfkit.pagination.CursorPage;
import io.perfkit.pagination.CursorPaginator;
import io.perfkit.pagination.CursorRequest;
import io.perfkit.pagination.Keyset;
import io.perfkit.testkit.PostgresServer;
import java.math.BigDecimal;
import java.sql.Connection;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jooq.DSLContext;
import org.jooq.Record4;

/**
 * A PostgreSQL with the {@link Ledger}, and the cursors that a client holds after one million rows. They are made as a
 * client gets them, by following {@code next()} from the first page, so no side starts from something it could not have.
 */
public final class LedgerFixture implements Fixture {

    private static final String PREFIX = "perfkit.benchmarks.ledger.";
    static final String URL = PREFIX + "url";
    static final String UNIFORM = PREFIX + "uniform";
    static final String MIXED = PREFIX + "mixed";
    static final String ROW_ID = ".id";
    static final String ROW_TIME = ".createdAt";

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
                properties.putAll(cursor(dsl, UNIFORM, Ledger.UNIFORM));
                properties.putAll(cursor(dsl, MIXED, Ledger.MIXED));
            }
            return new LedgerFixture(server, properties);
        } catch (Exception | Error e) {
            server.close();
            throw e;
        }
    }

    private static Map<String, String> cursor(DSLContext dsl, String name, Keyset keyset) {
        CursorPaginator<Record4<Long, LocalDateTime, BigDecimal, String>> paginator =
                Ledger.paginator(dsl, keyset, STEP, false);
        CursorRequest request = CursorRequest.first(STEP);
        for (int depth = STEP; ; depth += STEP) {
            CursorPage<Record4<Long, LocalDateTime, BigDecimal, String>> page =
                    paginator.fetch(Ledger.select(dsl), request);
            String token = page.next().orElseThrow();
            if (depth == Ledger.DEPTH) {
                List<Record4<Long, LocalDateTime, BigDecimal, String>> items = page.items();
                Record4<Long, LocalDateTime, BigDecimal, String> last = items.get(items.size() - 1);
                return Map.of(
                        name,
                        token,
                        name + ROW_ID,
                        String.valueOf(last.get(Ledger.ID)),
                        name + ROW_TIME,
                        String.valueOf(last.get(Ledger.CREATED_AT)));
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

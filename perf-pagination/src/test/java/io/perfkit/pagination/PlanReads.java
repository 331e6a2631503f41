package io.perfkit.pagination;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jooq.DSLContext;
import org.jooq.ExecuteContext;
import org.jooq.ExecuteListener;
import org.jooq.Query;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Select;
import org.jooq.impl.DSL;

/** What the statements of a page read: buffers of PostgreSQL, rows of the storage engine of MariaDB. */
final class PlanReads {

    /** A way to measure. */
    interface Way {
        /** What the fetch reads, a number for each statement of it. */
        List<Long> of(DSLContext dsl, Runnable fetch);
    }

    private static final Pattern BLOCKS = Pattern.compile("\"Shared (Hit|Read) Blocks\": (\\d+)");

    private final List<Query> queries = new ArrayList<>();

    /** A context whose queries are seen here. */
    DSLContext listening(Connection connection, SQLDialect dialect) {
        return DSL.using(connection, dialect)
                .configuration()
                .deriveAppending(
                        ExecuteListener.onExecuteStart((ExecuteContext context) -> queries.add(context.query())))
                .dsl();
    }

    /** Of one page of fifty rows. */
    List<Long> reads(
            DSLContext dsl, CursorPaginator<Record> paginator, Select<Record> select, CursorRequest request, Way way) {
        return way.of(dsl, () -> {
            queries.clear();
            assertThat(paginator.fetch(select, request).items()).hasSize(50);
        });
    }

    /** The first statement of the last page. */
    String first(DSLContext dsl) {
        return queries.isEmpty() ? "" : dsl.renderInlined(queries.get(0));
    }

    List<Long> buffers(DSLContext dsl, Runnable fetch) {
        fetch.run();
        List<Query> asked = List.copyOf(queries);
        List<Long> buffers = new ArrayList<>();
        for (Query query : asked) {
            String plan = dsl.fetchValue("explain (analyze, buffers, format json) " + dsl.renderInlined(query))
                    .toString();
            // The outermost node comes first and counts what its children read.
            Matcher matcher = BLOCKS.matcher(plan);
            assertThat(matcher.find()).as(plan).isTrue();
            long hit = Long.parseLong(matcher.group(2));
            assertThat(matcher.find()).as(plan).isTrue();
            buffers.add(hit + Long.parseLong(matcher.group(2)));
        }
        // Those that asked for the plans are not the page's.
        queries.clear();
        queries.addAll(asked);
        return buffers;
    }

    /** Page and probe together, by the session's counters; that they are two statements only makes it stricter. */
    static List<Long> engineReads(DSLContext dsl, Runnable fetch) {
        dsl.execute("flush status");
        fetch.run();
        return List.of(dsl.fetch("show session status like 'Handler_read%'").stream()
                .filter(row -> !"Handler_read_retry".equals(row.get(0)))
                .mapToLong(row -> row.get(1, Long.class))
                .sum());
    }
}

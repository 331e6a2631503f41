package io.perfkit.benchmarks.pagination;

import io.perfkit.pagination.CursorPage;
import io.perfkit.pagination.CursorPaginator;
import io.perfkit.pagination.CursorRequest;
import java.time.LocalDateTime;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Record2;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A page of one row in memory, its cursor, and the same cursor with one bit changed. No database. */
@State(Scope.Thread)
public class CursorState {

    DSLContext dsl;
    CursorPaginator<Record> paginator;
    CursorPage<Record> page;
    String token;
    String forged;

    /** Makes the page. */
    @Setup
    public void create() {
        dsl = DSL.using(SQLDialect.POSTGRES);
        paginator = Ledger.paginator(dsl, Ledger.UNIFORM, Ledger.PAGE, false);
        Record2<Long, LocalDateTime> row = dsl.newRecord(Ledger.ID, Ledger.CREATED_AT);
        row.values(1_234_567L, LocalDateTime.of(2026, 11, 21, 3, 11, 8, 123_456_000));
        page = paginator.fetch(List.of(row), CursorRequest.first(1));
        token = page.cursor(0);
        char changed = token.charAt(30) == 'A' ? 'B' : 'A';
        forged = token.substring(0, 30) + changed + token.substring(31);
    }
}

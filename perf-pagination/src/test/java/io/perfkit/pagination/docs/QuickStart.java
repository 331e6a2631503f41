package io.perfkit.pagination.docs;

import static io.perfkit.pagination.Tx.TX;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.perfkit.pagination.CursorCodec;
import io.perfkit.pagination.CursorPage;
import io.perfkit.pagination.CursorPaginator;
import io.perfkit.pagination.CursorRequest;
import io.perfkit.pagination.InvalidCursorException;
import io.perfkit.pagination.KeyRing;
import io.perfkit.pagination.Keyset;
import io.perfkit.pagination.OversizePolicy;
import io.perfkit.pagination.Tristate;
import io.perfkit.pagination.Tx;
import io.perfkit.pagination.TxRecord;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Record2;
import org.jooq.Select;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;

/** The snippets of docs/pagination.md. */
final class QuickStart {

    private final CursorPaginator<TxRecord> paginator;
    private final DSLContext dsl;

    QuickStart(DSLContext dsl, byte[] secret) {
        this.dsl = dsl;
        Keyset keyset = Keyset.by(TX.CREATED_AT.desc(), TX.ID.asc());
        CursorPaginator<TxRecord> paginator = CursorPaginator.over(dsl, keyset)
                .cursors(CursorCodec.signed(KeyRing.of("2026-11", secret)))
                .defaultSize(100)
                .maximumSize(500)
                .build();
        this.paginator = paginator;
    }

    CursorPage<TxRecord> page(String token) {
        CursorPage<TxRecord> page = paginator.fetch(
                dsl.selectFrom(TX).where(TX.STATUS.eq("PAID")),
                CursorRequest.first(50).after(token));

        List<TxRecord> items = page.items();
        Optional<String> next = page.next();
        Optional<String> previous = page.previous();
        Tristate hasNext = page.hasNext();
        Tristate hasPrevious = page.hasPrevious();
        assert items.size() <= 50
                && (next.isPresent() || hasNext.isNo())
                && (previous.isPresent() || hasPrevious.isNo());
        return page;
    }

    CursorPage<TxRecord> walk(CursorPage<TxRecord> page, Select<TxRecord> select) {
        CursorPage<TxRecord> after = paginator.fetch(
                select, CursorRequest.first(50).after(page.next().orElse(null)));
        CursorPage<TxRecord> before = paginator.fetch(
                select, CursorRequest.last(50).before(after.previous().orElse(null)));
        return before;
    }

    Map<String, Object> handle(String after, String before) {
        try {
            CursorRequest request = before == null
                    ? CursorRequest.first().after(after)
                    : CursorRequest.last().before(before);
            CursorPage<Long> page = paginator.fetch(dsl.selectFrom(TX), request).map(TxRecord::id);
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("data", page.items());
            body.put("next", page.next().orElse(null));
            body.put("previous", page.previous().orElse(null));
            return body;
        } catch (InvalidCursorException e) {
            return Map.of("status", e.httpStatus(), "error", e.getMessage());
        }
    }

    CursorPaginator<Record> plain(CursorCodec codec) {
        Table<Record> orders = table(name("orders"));
        Field<Long> id = field(name("orders", "id"), SQLDataType.BIGINT.notNull());
        Field<LocalDateTime> placed =
                field(name("orders", "placed"), SQLDataType.LOCALDATETIME(6).notNull());

        CursorPaginator<Record> paginator = CursorPaginator.over(
                        dsl, Keyset.by(placed.desc(), id.desc()).uniqueBy(id))
                .cursors(codec)
                .build();
        CursorPage<Record> newest = paginator.fetch(dsl.select(id, placed).from(orders), CursorRequest.first(20));
        assert newest.items().size() <= 20;
        return paginator;
    }

    Keyset outerJoin() {
        Tx refund = TX.as("refund");
        Keyset keyset =
                Keyset.by(refund.CREATED_AT.asc().nullsLast(), TX.ID.asc()).nullable(refund.CREATED_AT);
        return keyset;
    }

    CursorPaginator<Record2<Long, LocalDateTime>> options(Keyset keyset, byte[] newSecret, byte[] oldSecret) {
        CursorCodec codec =
                CursorCodec.signed(KeyRing.of("2026-12", newSecret).alsoAccepting("2026-11", oldSecret)).toBuilder()
                        .expireAfter(Duration.ofHours(24))
                        .build();
        return CursorPaginator.over(dsl, keyset)
                .cursors(codec)
                .oversize(OversizePolicy.REFUSE)
                .probeOtherEnd(false)
                .build();
    }

    CursorPage<TxRecord> scoped(String tenant, String token) {
        CursorPage<TxRecord> page = paginator.fetch(
                dsl.selectFrom(TX), CursorRequest.first(50).after(token).scope(tenant));
        return page;
    }
}

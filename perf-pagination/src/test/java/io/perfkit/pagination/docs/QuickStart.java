package io.perfkit.pagination.docs;

import static io.perfkit.pagination.Tx.TX;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.perfkit.pagination.CursorCodec;
import io.perfkit.pagination.CursorPage;
import io.perfkit.pagination.CursorPaginator;
import io.perfkit.pagination.CursorRequest;
import io.perfkit.pagination.InvalidRequestException;
import io.perfkit.pagination.KeyRing;
import io.perfkit.pagination.Keyset;
import io.perfkit.pagination.LinkHeader;
import io.perfkit.pagination.OffsetPage;
import io.perfkit.pagination.OffsetPaginator;
import io.perfkit.pagination.OversizePolicy;
import io.perfkit.pagination.RelayConnection;
import io.perfkit.pagination.RelayRequest;
import io.perfkit.pagination.Total;
import io.perfkit.pagination.Totals;
import io.perfkit.pagination.Tristate;
import io.perfkit.pagination.Tx;
import io.perfkit.pagination.TxRecord;
import java.net.URI;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Record2;
import org.jooq.SQLDialect;
import org.jooq.Select;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;

/** The snippets of docs/pagination.md, pagination-numbered.md and pagination-web.md. */
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
        } catch (InvalidRequestException e) {
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

    record Line(long id, LocalDateTime createdAt) {}

    CursorPage<Line> projected(Keyset keyset, CursorCodec codec) {
        CursorPaginator<Record> lines =
                CursorPaginator.over(dsl, keyset).cursors(codec).build();
        CursorPage<Line> page =
                lines.fetchInto(dsl.select(TX.ID, TX.CREATED_AT).from(TX), CursorRequest.first(50), Line.class);
        return page;
    }

    CursorPage<TxRecord> around(Select<TxRecord> select, TxRecord row) {
        String cursor = paginator.cursorOf(select, row, "");
        CursorPage<TxRecord> page = paginator.fetch(select, CursorRequest.around(21, cursor));
        return page;
    }

    void everything(Select<TxRecord> select) {
        try (Stream<TxRecord> everything = paginator.stream(select, 1_000)) {
            everything.forEach(this::export);
        }
    }

    void resumable(Select<TxRecord> select, String saved) {
        paginator.forEachPage(select, CursorRequest.first(1_000).after(saved), page -> {
            dsl.transaction(tx -> {
                page.items().forEach(this::export);
                save(tx, page.next().orElse(null));
            });
        });
    }

    final List<Long> exported = new ArrayList<>();
    final List<String> saves = new ArrayList<>();

    private void export(TxRecord row) {
        exported.add(row.id());
    }

    private void save(Configuration tx, String cursor) {
        saves.add(cursor);
    }

    String totals(Keyset keyset, CursorCodec codec, Select<TxRecord> select) {
        CursorPaginator<TxRecord> counting = CursorPaginator.over(dsl, keyset)
                .cursors(codec)
                .totals(Totals.bounded(10_000))
                .build();
        Total total = counting.fetch(select, CursorRequest.first(50)).total();
        String text = total + " transactions";
        return text;
    }

    Map<String, Object> numbered() {
        OffsetPaginator numbered = OffsetPaginator.builder(dsl)
                .maximumSize(100)
                .maximumOffset(10_000)
                .build();
        OffsetPage<TxRecord> third =
                numbered.fetch(dsl.selectFrom(TX).orderBy(TX.CREATED_AT.desc(), TX.ID.desc()), 3, 20, Totals.exact());
        Map<String, Object> json = third.map(TxRecord::id).toMap();
        return json;
    }

    String views(CursorPage<TxRecord> page, URI request) {
        String link = LinkHeader.of(page, request, 50);
        RelayConnection<TxRecord> connection = RelayConnection.of(page);
        return link + connection.pageInfo().endCursor();
    }

    RelayConnection<Long> connection(Integer first, String after, Integer last, String before) {
        RelayRequest request = RelayRequest.builder()
                .first(first)
                .after(after)
                .last(last)
                .before(before)
                .build();
        RelayConnection<Long> transactions =
                paginator.fetchConnection(dsl.selectFrom(TX), request).map(TxRecord::id);
        return transactions;
    }

    Map<String, Object> onInvalidRequest(InvalidRequestException e) {
        return Map.of("status", e.httpStatus(), "error", e.getMessage());
    }

    CursorPage<TxRecord> inMemory(List<TxRecord> rows) {
        rows.sort(Keyset.by(TX.CREATED_AT.desc(), TX.ID.asc()).comparator());
        CursorPage<TxRecord> firstRows =
                paginator.fetch(rows, CursorRequest.first(20).scope("archive"));
        return firstRows;
    }

    String index() {
        String ddl = Keyset.by(TX.CREATED_AT.desc(), TX.ID.asc()).suggestedIndex(SQLDialect.POSTGRES, TX.STATUS);
        return ddl;
    }

    Keyset tieBreaker() {
        Keyset newestFirst = Keyset.by(TX.CREATED_AT.desc()).withPrimaryKey();
        return newestFirst;
    }

    CursorPage<TxRecord> migrated(CursorCodec codec, String status, String token) {
        CursorPaginator<TxRecord> newest = CursorPaginator.over(
                        dsl, Keyset.by(TX.CREATED_AT.desc()).withPrimaryKey())
                .cursors(codec)
                .build();
        CursorPage<TxRecord> page = newest.fetch(
                dsl.selectFrom(TX).where(TX.STATUS.eq(status)),
                CursorRequest.first(50).after(token));
        return page;
    }
}

package io.perfkit.examples.plain;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.perfkit.pagination.CursorCodec;
import io.perfkit.pagination.CursorPage;
import io.perfkit.pagination.CursorPaginator;
import io.perfkit.pagination.CursorRequest;
import io.perfkit.pagination.KeyRing;
import io.perfkit.pagination.Keyset;
import io.perfkit.pagination.OffsetPage;
import io.perfkit.pagination.OffsetPaginator;
import io.perfkit.pagination.Totals;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jooq.CloseableDSLContext;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record2;
import org.jooq.SQLDialect;
import org.jooq.SelectJoinStep;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/** Pages through a table in both directions, by the texts that a client would send back. */
public final class PaginationExample {
    private static final Field<Integer> PRICE = field(name("product", "price"), SQLDataType.INTEGER.notNull());
    private static final Field<Long> ID = field(name("product", "id"), SQLDataType.BIGINT.notNull());

    private PaginationExample() {}

    public static void main(String[] args) {
        try (CloseableDSLContext dsl = DSL.using("jdbc:h2:mem:shop;DATABASE_TO_UPPER=FALSE")) {
            dsl.execute("create table product (id bigint primary key, price integer not null)");
            for (long id = 1; id <= 95; id++) {
                dsl.execute("insert into product values (?, ?)", id, id % 7);
            }
            pageThrough(dsl);
        }
    }

    private static void pageThrough(DSLContext dsl) {
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);

        Keyset keyset = Keyset.by(PRICE.desc(), ID.asc()).uniqueBy(ID);
        CursorPaginator<Record2<Integer, Long>> paginator = CursorPaginator.over(dsl, keyset)
                .cursors(CursorCodec.signed(KeyRing.of("2026-11", secret)))
                .build();

        List<Long> seen = new ArrayList<>();
        CursorPage<Record2<Integer, Long>> page = paginator.fetch(products(dsl), CursorRequest.first(20));
        page.items().forEach(row -> seen.add(row.get(ID)));
        for (Optional<String> next = page.next(); next.isPresent(); next = page.next()) {
            page = paginator.fetch(products(dsl), CursorRequest.first(20).after(next.get()));
            page.items().forEach(row -> seen.add(row.get(ID)));
        }
        List<Long> unpaged = products(dsl).orderBy(PRICE.desc(), ID.asc()).fetch(ID);
        check("the pages joined are the unpaged result of " + unpaged.size() + " rows", seen.equals(unpaged));

        CursorPage<Record2<Integer, Long>> back = paginator.fetch(
                products(dsl), CursorRequest.last(20).before(page.previous().orElseThrow()));
        List<Long> ids = back.items().stream().map(row -> row.get(ID)).toList();
        check("the page before the last one ends where that began", ids.equals(unpaged.subList(60, 80)));

        CursorPage<Record2<Integer, Long>> around =
                paginator.fetch(products(dsl), CursorRequest.around(5, back.cursor(10)));
        List<Long> middle = around.items().stream().map(row -> row.get(ID)).toList();
        check("the page around a row has it in the middle", middle.equals(unpaged.subList(68, 73)));

        List<Long> streamed =
                paginator.stream(products(dsl), 30).map(row -> row.get(ID)).toList();
        check("a stream in chunks of 30 rows is the unpaged result", streamed.equals(unpaged));

        OffsetPage<Record2<Integer, Long>> numbered =
                OffsetPaginator.of(dsl).fetch(products(dsl).orderBy(ID), 5, 20, Totals.bounded(90));
        check("page 5 of 20 rows each is the last, of " + numbered.total() + " rows", !numbered.hasNext());

        System.out.println("perf-pagination: " + keyset.suggestedIndex(SQLDialect.POSTGRES));
    }

    private static SelectJoinStep<Record2<Integer, Long>> products(DSLContext dsl) {
        return dsl.select(PRICE, ID).from(table(name("product")));
    }

    private static void check(String what, boolean holds) {
        if (!holds) {
            throw new IllegalStateException("not so: " + what);
        }
        System.out.println("perf-pagination: " + what);
    }
}

package io.perfkit.examples.versions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.perfkit.pagination.CursorCodec;
import io.perfkit.pagination.CursorPage;
import io.perfkit.pagination.CursorPaginator;
import io.perfkit.pagination.CursorRequest;
import io.perfkit.pagination.KeyRing;
import io.perfkit.pagination.Keyset;
import io.perfkit.pagination.OffsetPaginator;
import io.perfkit.pagination.Totals;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jooq.CloseableDSLContext;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record2;
import org.jooq.SelectJoinStep;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.junit.jupiter.api.Test;

/** perf-pagination over jOOQ: forwards over a nullable key in mixed directions, a stream, a numbered page. */
class PaginationTest {

    private static final Field<Integer> PRICE = field(name("product", "price"), SQLDataType.INTEGER);
    private static final Field<Long> ID = field(name("product", "id"), SQLDataType.BIGINT.notNull());

    private static SelectJoinStep<Record2<Integer, Long>> products(DSLContext dsl) {
        return dsl.select(PRICE, ID).from(table(name("product")));
    }

    @Test
    void pagesJoined_areTheUnpagedResult() {
        try (CloseableDSLContext dsl = DSL.using("jdbc:h2:mem:versions;DATABASE_TO_UPPER=FALSE")) {
            dsl.execute("create table product (id bigint primary key, price integer)");
            for (long id = 1; id <= 95; id++) {
                dsl.execute("insert into product values (?, ?)", id, id % 7 == 0 ? null : id % 7);
            }
            CursorPaginator<Record2<Integer, Long>> paginator = CursorPaginator.over(
                            dsl, Keyset.by(PRICE.desc().nullsLast(), ID.asc()).uniqueBy(ID))
                    .cursors(CursorCodec.signed(KeyRing.of("2026-11", new byte[32])))
                    .build();
            List<Long> unpaged =
                    products(dsl).orderBy(PRICE.desc().nullsLast(), ID.asc()).fetch(ID);

            List<Long> seen = new ArrayList<>();
            CursorPage<Record2<Integer, Long>> page = paginator.fetch(products(dsl), CursorRequest.first(20));
            page.items().forEach(row -> seen.add(row.get(ID)));
            for (Optional<String> next = page.next(); next.isPresent(); next = page.next()) {
                page = paginator.fetch(products(dsl), CursorRequest.first(20).after(next.get()));
                page.items().forEach(row -> seen.add(row.get(ID)));
            }
            assertThat(seen).isEqualTo(unpaged);
            assertThat(paginator.stream(products(dsl), 30).map(row -> row.get(ID)))
                    .isEqualTo(unpaged);
            assertThat(OffsetPaginator.of(dsl)
                            .fetch(products(dsl).orderBy(ID), 5, 20, Totals.exact())
                            .items())
                    .hasSize(15);
        }
    }
}

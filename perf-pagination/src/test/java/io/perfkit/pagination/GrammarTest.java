package io.perfkit.pagination;

import io.perfkit.testkit.grammar.Grammar;
import java.time.Clock;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;

/** The public types of this artifact follow docs/adr/0007-one-grammar.md. */
class GrammarTest {
    private static final DSLContext DATABASE = DSL.using(SQLDialect.POSTGRES);

    @Test
    void publicTypes_ofThisArtifact_followTheGrammar() {
        Grammar.of(CursorPaginator.class)
                .sample(CursorPaginator.Builder.class, GrammarTest::cursors)
                .sample(CursorCodec.Builder.class, () -> codec().toBuilder())
                .sample(RelayRequest.Builder.class, RelayRequest::builder)
                .sample(OffsetPaginator.Builder.class, () -> OffsetPaginator.builder(DATABASE))
                .value(CursorCodec.class, codec())
                .value(Totals.class, Totals.none())
                .contradiction(
                        "defaultSize",
                        "maximumSize",
                        () -> cursors()
                                .cursors(codec())
                                .defaultSize(20)
                                .maximumSize(10)
                                .build())
                .value(Clock.class, Clock.systemUTC())
                .except(
                        "builder",
                        "CursorCodec.Builder",
                        "begins from a complete codec: signed(keys) or encrypted(keys)")
                .except("builder", "CursorPaginator.Builder", "reads as what it does: over(dsl, keyset)")
                .except("wither", "CursorRequest#after", "a request is a value, made anew for each page")
                .except("wither", "CursorRequest#before", "a request is a value, made anew for each page")
                .except("wither", "CursorRequest#scope", "a request is a value, made anew for each page")
                .except("wither", "KeyRing#alsoAccepting", "a ring is a value: a key more makes another ring")
                .except("wither", "Keyset#notNull", "an order is a value, of which several paginators have variants")
                .except("wither", "Keyset#nullable", "an order is a value, of which several paginators have variants")
                .except("wither", "Keyset#uniqueBy", "an order is a value, of which several paginators have variants")
                .except("wither", "Totals#cachedBy", "a way to count is a value")
                .check();
    }

    private static CursorPaginator.Builder cursors() {
        Field<Long> id = DSL.field("id", Long.class);
        return CursorPaginator.over(DATABASE, Keyset.by(id.asc()).uniqueBy(id));
    }

    private static CursorCodec codec() {
        return CursorCodec.signed(KeyRing.of("k1", new byte[32]));
    }
}

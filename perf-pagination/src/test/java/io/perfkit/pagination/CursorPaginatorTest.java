package io.perfkit.pagination;

import static io.perfkit.pagination.Tx.TX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.table;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.ExecuteContext;
import org.jooq.ExecuteListener;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Select;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CursorPaginatorTest {

    private static final int ROWS = 7;
    private static final Keyset KEYSET = Keyset.by(TX.CREATED_AT.desc(), TX.ID.asc());

    private final List<String> statements = new ArrayList<>();
    private Connection connection;
    private DSLContext dsl;
    private CursorPaginator<TxRecord> paginator;

    @BeforeEach
    void create() throws SQLException {
        connection = DriverManager.getConnection("jdbc:h2:mem:");
        dsl = DSL.using(connection, SQLDialect.H2)
                .configuration()
                .deriveAppending(
                        ExecuteListener.onExecuteStart((ExecuteContext context) -> statements.add(context.sql())))
                .dsl();
        dsl.createTable(TX).columns(TX.fields()).primaryKey(TX.ID).execute();
        for (long id = 1; id <= ROWS; id++) {
            insert(id);
        }
        paginator = paginator(builder());
        statements.clear();
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    private void insert(long id) {
        dsl.insertInto(TX, TX.ID, TX.CREATED_AT, TX.STATUS, TX.REFERENCE)
                .values(id, LocalDateTime.of(2026, 1, 1, 0, 0).minusDays(id / 2), id == 4 ? "OPEN" : "PAID", "r" + id)
                .execute();
    }

    private CursorPaginator.Builder builder() {
        return CursorPaginator.over(dsl, KEYSET).cursors(Cursors.codec());
    }

    private static CursorPaginator<TxRecord> paginator(CursorPaginator.Builder builder) {
        return builder.build();
    }

    private Select<TxRecord> all() {
        return dsl.selectFrom(TX);
    }

    private static List<Long> ids(CursorPage<TxRecord> page) {
        return page.items().stream().map(TxRecord::id).toList();
    }

    @Test
    void fetch_ofTheWholeTable_takesOneStatementAndHasNoNeighbours() {
        CursorPage<TxRecord> page = paginator.fetch(all(), CursorRequest.first());
        assertThat(ids(page)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
        assertThat(page.hasNext()).isEqualTo(Tristate.NO);
        assertThat(page.hasPrevious()).isEqualTo(Tristate.NO);
        assertThat(page.next()).isEmpty();
        assertThat(page.previous()).isEmpty();
        assertThat(statements).hasSize(1);
    }

    @Test
    void fetch_ofAMiddlePage_knowsBothEndsWithTwoStatements() {
        CursorPage<TxRecord> first = paginator.fetch(all(), CursorRequest.first(3));
        statements.clear();
        CursorPage<TxRecord> second =
                paginator.fetch(all(), CursorRequest.first(3).after(first.next().orElseThrow()));
        assertThat(ids(second)).containsExactly(4L, 5L, 6L);
        assertThat(second.hasNext()).isEqualTo(Tristate.YES);
        assertThat(second.hasPrevious()).isEqualTo(Tristate.YES);
        assertThat(statements).hasSize(2);
    }

    @Test
    void fetch_withAFilter_pagesWhatTheFilterLeaves() {
        Select<TxRecord> paid = dsl.selectFrom(TX).where(TX.STATUS.eq("PAID")).or(TX.ID.eq(-1L));
        CursorPage<TxRecord> first = paginator.fetch(paid, CursorRequest.first(3));
        CursorPage<TxRecord> second =
                paginator.fetch(paid, CursorRequest.first(3).after(first.next().orElseThrow()));
        assertThat(ids(first)).containsExactly(1L, 2L, 3L);
        assertThat(ids(second)).containsExactly(5L, 6L, 7L);
    }

    @Test
    void fetch_withTheSameSelectAgain_findsItUnchanged() {
        Select<TxRecord> select = dsl.selectFrom(TX).where(TX.STATUS.eq("PAID"));
        String before = dsl.renderInlined(select);
        String token = paginator.fetch(select, CursorRequest.first(2)).next().orElseThrow();
        List<Long> once = ids(paginator.fetch(select, CursorRequest.first(2).after(token)));
        List<Long> twice = ids(paginator.fetch(select, CursorRequest.first(2).after(token)));
        assertThat(once).isEqualTo(twice).containsExactly(3L, 5L);
        assertThat(dsl.renderInlined(select)).isEqualTo(before);
    }

    @Test
    void fetch_withoutProbe_saysUnknownAndOffersTheCursor() {
        CursorPaginator<TxRecord> blind = paginator(builder().probeOtherEnd(false));
        CursorPage<TxRecord> first = blind.fetch(all(), CursorRequest.first(3));
        assertThat(first.hasPrevious()).isEqualTo(Tristate.NO);
        statements.clear();
        CursorPage<TxRecord> second =
                blind.fetch(all(), CursorRequest.first(3).after(first.next().orElseThrow()));
        assertThat(statements).hasSize(1);
        assertThat(second.hasPrevious()).isEqualTo(Tristate.UNKNOWN);
        CursorPage<TxRecord> back = blind.fetch(
                all(), CursorRequest.last(3).before(second.previous().orElseThrow()));
        assertThat(ids(back)).containsExactly(1L, 2L, 3L);
        assertThat(back.hasNext()).isEqualTo(Tristate.UNKNOWN);
        assertThat(back.hasPrevious()).isEqualTo(Tristate.NO);
    }

    @Test
    void fetch_whenRowsBeforeTheCursorAreGone_saysNoPrevious() {
        String token = paginator.fetch(all(), CursorRequest.first(3)).next().orElseThrow();
        dsl.deleteFrom(TX).where(TX.ID.le(3L)).execute();
        CursorPage<TxRecord> page =
                paginator.fetch(all(), CursorRequest.first(3).after(token));
        assertThat(ids(page)).containsExactly(4L, 5L, 6L);
        assertThat(page.hasPrevious()).isEqualTo(Tristate.NO);
        assertThat(page.previous()).isEmpty();
    }

    @Test
    void fetch_whenRowsAfterTheCursorAreGone_isEmptyAndLeadsBackToTheCursorsRow() {
        String token = paginator.fetch(all(), CursorRequest.first(3)).next().orElseThrow();
        dsl.deleteFrom(TX).where(TX.ID.gt(3L)).execute();
        CursorPage<TxRecord> empty =
                paginator.fetch(all(), CursorRequest.first(3).after(token));
        assertThat(empty.items()).isEmpty();
        assertThat(empty.hasNext()).isEqualTo(Tristate.NO);
        assertThat(empty.hasPrevious()).isEqualTo(Tristate.YES);
        CursorPage<TxRecord> back = paginator.fetch(
                all(), CursorRequest.last(2).before(empty.previous().orElseThrow()));
        assertThat(ids(back)).containsExactly(2L, 3L);
    }

    @Test
    void fetch_whenEverythingIsGone_hasNoNeighbours() {
        String token = paginator.fetch(all(), CursorRequest.first(3)).next().orElseThrow();
        dsl.deleteFrom(TX).execute();
        CursorPage<TxRecord> empty =
                paginator.fetch(all(), CursorRequest.first(3).after(token));
        assertThat(empty.items()).isEmpty();
        assertThat(empty.hasPrevious()).isEqualTo(Tristate.NO);
    }

    @Test
    void fetch_ofTheLastPage_comesInDisplayOrder() {
        CursorPage<TxRecord> page = paginator.fetch(all(), CursorRequest.last(3));
        assertThat(ids(page)).containsExactly(5L, 6L, 7L);
        assertThat(page.hasNext()).isEqualTo(Tristate.NO);
        assertThat(page.hasPrevious()).isEqualTo(Tristate.YES);
    }

    @Test
    void fetch_withAnAbsentToken_isTheFirstOrLastPage() {
        assertThat(ids(paginator.fetch(all(), CursorRequest.first(1).after(null))))
                .containsExactly(1L);
        assertThat(ids(paginator.fetch(all(), CursorRequest.last(1).before(null))))
                .containsExactly(7L);
    }

    @Test
    void map_convertsItemsAndKeepsCursors() {
        CursorPage<TxRecord> page = paginator.fetch(all(), CursorRequest.first(2));
        CursorPage<Long> mapped = page.map(TxRecord::id);
        assertThat(mapped.items()).containsExactly(1L, 2L);
        assertThat(mapped.next()).isEqualTo(page.next());
        assertThat(mapped.hasNext()).isEqualTo(page.hasNext());
        assertThat(mapped.hasPrevious()).isEqualTo(page.hasPrevious());
        assertThatThrownBy(() -> page.items().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void fetch_withoutASize_takesTheDefault() {
        assertThat(paginator(builder().defaultSize(2))
                        .fetch(all(), CursorRequest.first())
                        .items())
                .hasSize(2);
        assertThat(paginator(builder().maximumSize(3))
                        .fetch(all(), CursorRequest.last())
                        .items())
                .hasSize(3);
    }

    @Test
    void fetch_aboveTheMaximum_isClampedOrRefused() {
        CursorPaginator.Builder small = builder().maximumSize(3);
        assertThat(paginator(small).fetch(all(), CursorRequest.first(4)).items())
                .hasSize(3);
        statements.clear();
        assertThatThrownBy(
                        () -> paginator(small.oversize(OversizePolicy.REFUSE)).fetch(all(), CursorRequest.first(4)))
                .isInstanceOf(InvalidPageSizeException.class)
                .hasMessage("page size must be at most 3, but was 4");
        assertThat(statements).isEmpty();
    }

    @Test
    void fetch_aboveTheMaximumBackwardsAroundAndInMemory_isClampedOrRefused() {
        CursorPaginator.Builder small = builder().maximumSize(3);
        CursorPaginator<TxRecord> clamping = paginator(small);
        String cursor = clamping.fetch(all(), CursorRequest.first(3)).cursor(2);
        List<TxRecord> rows = List.copyOf(dsl.fetch(all()));
        List<CursorRequest> requests =
                List.of(CursorRequest.last(4), CursorRequest.around(4, cursor), CursorRequest.first(4));
        for (CursorRequest request : requests) {
            assertThat(clamping.fetch(all(), request).items()).as("%s", request).hasSize(3);
        }
        String inMemory = clamping.fetch(rows, CursorRequest.first(3)).cursor(2);
        for (CursorRequest request :
                List.of(CursorRequest.last(4), CursorRequest.around(4, inMemory), CursorRequest.first(4))) {
            assertThat(clamping.fetch(rows, request).items())
                    .as("%s, in memory", request)
                    .hasSize(3);
        }
        CursorPaginator<TxRecord> refusing = paginator(small.oversize(OversizePolicy.REFUSE));
        statements.clear();
        for (CursorRequest request : requests) {
            assertThatThrownBy(() -> refusing.fetch(all(), request))
                    .as("%s", request)
                    .isInstanceOf(InvalidPageSizeException.class)
                    .hasMessage("page size must be at most 3, but was 4");
            assertThatThrownBy(() -> refusing.fetch(rows, request)).isInstanceOf(InvalidPageSizeException.class);
        }
        assertThat(statements).isEmpty();
    }

    /** No WHERE takes them, so that the database would answer the second page with an error of its own. */
    @Test
    void builder_withAKeyThatNoWhereCanSeek_saysWhatToDo() {
        for (org.jooq.Field<Integer> key : List.of(
                DSL.rowNumber().over().orderBy(TX.ID),
                DSL.rowNumber().over().orderBy(TX.ID).as("place"),
                DSL.field("row_number() over (order by id)", Integer.class),
                DSL.rank().over().orderBy(TX.ID).plus(1),
                DSL.count(),
                DSL.count().as("n"))) {
            CursorPaginator.Builder keyed =
                    CursorPaginator.over(dsl, Keyset.by(key.asc(), TX.ID.asc())).cursors(Cursors.codec());
            assertThatThrownBy(keyed::build)
                    .isInstanceOf(PaginationException.class)
                    .hasMessageContaining("by which no WHERE can seek")
                    .hasMessageContaining("asTable(");
        }
        assertThatThrownBy(() -> CursorPaginator.over(dsl, Keyset.by(DSL.rand().asc(), TX.ID.asc()))
                        .cursors(Cursors.codec())
                        .build())
                .isInstanceOf(PaginationException.class)
                .hasMessageContaining("another value each time");
    }

    @Test
    void request_ofZeroOrFewerRows_isRefused() {
        for (int size : new int[] {0, -1, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> CursorRequest.first(size))
                    .isInstanceOfSatisfying(
                            InvalidPageSizeException.class,
                            refused -> assertThat(refused.httpStatus()).isEqualTo(400))
                    .hasMessage("page size must be at least 1, but was " + size);
            assertThatThrownBy(() -> CursorRequest.last(size)).isInstanceOf(InvalidPageSizeException.class);
        }
    }

    @Test
    void request_withTheWrongPartner_isRefusedNamingBoth() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CursorRequest.first(1).before("t"))
                .withMessageContaining("before belongs to last");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CursorRequest.last(1).after("t"))
                .withMessageContaining("after belongs to first");
    }

    @Test
    void builder_withABadValue_saysSoAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().maximumSize(-3))
                .withMessage("maximumSize must be between 1 and 1000000, but was -3");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().defaultSize(0))
                .withMessage("defaultSize must be between 1 and 1000000, but was 0");
        assertThatIllegalStateException()
                .isThrownBy(() -> builder().defaultSize(20).maximumSize(10).build())
                .withMessageContaining("defaultSize was 20")
                .withMessageContaining("maximumSize was 10");
        assertThatIllegalStateException()
                .isThrownBy(() -> CursorPaginator.over(dsl, KEYSET).build())
                .withMessageContaining("cursors must be set");
    }

    @Test
    void fetch_ofASelectWithAClauseThatPagingWouldBreak_isRefused() {
        Field<Integer> one = DSL.inline(1);
        refused(dsl.selectFrom(TX).orderBy(TX.ID), "ORDER BY");
        refused(dsl.selectFrom(TX).limit(3), "LIMIT");
        refused(dsl.selectFrom(TX).limit(3).offset(4), "LIMIT");
        refused(dsl.selectFrom(TX).offset(4), "OFFSET");
        refused(dsl.selectDistinct(TX.fields()).from(TX), "DISTINCT");
        refused(dsl.select(TX.CREATED_AT, TX.ID, count()).from(TX).groupBy(TX.CREATED_AT, TX.ID), "GROUP BY");
        refused(dsl.select(TX.CREATED_AT, TX.ID).from(TX).having(count().gt(one)), "HAVING");
        refused(dsl.selectFrom(TX).union(dsl.selectFrom(TX)), "UNION");
        refused(dsl.selectFrom(TX).unionAll(dsl.selectFrom(TX)), "UNION");
        refused(dsl.selectFrom(TX).where(TX.STATUS.eq("x")).intersect(dsl.selectFrom(TX)), "INTERSECT");
        refused(dsl.selectFrom(TX).except(dsl.selectFrom(TX)), "EXCEPT");
        assertThat(statements).isEmpty();
    }

    private void refused(Select<? extends Record> select, String clause) {
        CursorPaginator<Record> any = builder().build();
        assertThatThrownBy(() -> any.fetch(select, CursorRequest.first()))
                .isExactlyInstanceOf(PaginationException.class)
                .hasMessageContaining(clause);
    }

    @Test
    void fetch_ofASelectThatMentionsUnionElsewhere_isPaged() {
        CursorPage<TxRecord> page = paginator.fetch(
                dsl.selectFrom(TX)
                        .where(TX.STATUS.ne("union"))
                        .and(TX.ID.in(select(TX.ID).from(TX).union(select(TX.ID).from(TX)))),
                CursorRequest.first(2));
        assertThat(ids(page)).containsExactly(1L, 2L);
        CursorPaginator<Record> any = builder().build();
        var q = name("q").as(select(TX.ID).from(TX).union(select(TX.ID).from(TX)));
        CursorPage<Record> withCte = any.fetch(
                dsl.with(q).select(TX.fields()).from(TX).join(q).on(TX.ID.eq(q.field(TX.ID))), CursorRequest.first(2));
        assertThat(withCte.items()).hasSize(2);
    }

    @Test
    void fetch_whenARowHasNullInAColumnTakenAsNotNull_saysHowToStateIt() {
        Tx outer = TX.as("o");
        Keyset keyset = Keyset.by(outer.CREATED_AT.asc(), TX.ID.asc());
        Select<? extends Record> joined =
                dsl.select(outer.CREATED_AT, TX.ID).from(TX).leftJoin(outer).on(outer.ID.eq(TX.ID.add(2)));
        CursorPaginator<Record> wrong = CursorPaginator.over(dsl, keyset.notNull(outer.CREATED_AT))
                .cursors(Cursors.codec())
                .build();
        assertThatThrownBy(() -> wrong.fetch(joined, CursorRequest.first(1)))
                .isExactlyInstanceOf(PaginationException.class)
                .hasMessageContaining("nullable");
        CursorPaginator<Record> right =
                CursorPaginator.over(dsl, keyset).cursors(Cursors.codec()).build();
        List<Long> ids = new ArrayList<>();
        CursorRequest request = CursorRequest.first(1);
        CursorPage<Record> page = right.fetch(joined, request);
        ids.add(page.items().get(0).get(TX.ID));
        while (page.next().isPresent()) {
            page = right.fetch(joined, request.after(page.next().get()));
            ids.add(page.items().get(0).get(TX.ID));
        }
        assertThat(ids).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L, 7L);
    }

    @Test
    void fetch_ofPlainTablesAndAsterisk_pages() {
        Field<Long> id = field(name("id"), SQLDataType.BIGINT.notNull());
        Field<LocalDateTime> createdAt =
                field(name("created_at"), SQLDataType.LOCALDATETIME(6).notNull());
        CursorPaginator<Record> plain = CursorPaginator.over(
                        dsl, Keyset.by(createdAt.desc(), id.asc()).uniqueBy(id))
                .cursors(Cursors.codec())
                .build();
        Select<Record> everything = dsl.select(DSL.asterisk()).from(table(name("tx")));
        CursorPage<Record> first = plain.fetch(everything, CursorRequest.first(3));
        CursorPage<Record> second = plain.fetch(
                everything, CursorRequest.first(3).after(first.next().orElseThrow()));
        assertThat(second.items().stream().map(row -> row.get(id))).containsExactly(4L, 5L, 6L);
    }

    @Test
    void fetch_byAnExpression_pages() {
        Field<Long> group = TX.ID.mod(3).as("g");
        Field<Long> expression = TX.ID.mod(3L);
        CursorPaginator<Record> byExpression = CursorPaginator.over(
                        dsl, Keyset.by(expression.desc(), TX.ID.asc()).uniqueBy(TX.ID))
                .cursors(Cursors.codec())
                .build();
        Select<? extends Record> select = dsl.select(TX.ID, expression, group).from(TX);
        CursorPage<Record> first = byExpression.fetch(select, CursorRequest.first(3));
        CursorPage<Record> second = byExpression.fetch(
                select, CursorRequest.first(4).after(first.next().orElseThrow()));
        assertThat(first.items().stream().map(row -> row.get(TX.ID))).containsExactly(2L, 5L, 1L);
        assertThat(second.items().stream().map(row -> row.get(TX.ID))).containsExactly(4L, 7L, 3L, 6L);
    }

    @Test
    void fetch_whenAKeyValueIsTooLongForACursor_namesTheColumn() {
        CursorPaginator<TxRecord> byReference = CursorPaginator.over(dsl, Keyset.by(TX.REFERENCE.asc()))
                .cursors(Cursors.codec().toBuilder().maximumLength(256).build())
                .build();
        dsl.update(TX).set(TX.REFERENCE, DSL.repeat(TX.REFERENCE, 100)).execute();
        assertThatThrownBy(() -> byReference.fetch(all(), CursorRequest.first(2)))
                .isExactlyInstanceOf(PaginationException.class)
                .hasMessageContaining("maximumLength is 256")
                .hasMessageContaining("reference");
    }
}

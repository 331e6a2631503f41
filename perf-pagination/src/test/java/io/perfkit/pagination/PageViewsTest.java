package io.perfkit.pagination;

import static io.perfkit.pagination.Tx.TX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jooq.Record;
import org.jooq.Select;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Everything that a cursor page can be besides a list of records with a next and a previous. */
class PageViewsTest {

    private static final int ROWS = 11;
    private static final Keyset KEYSET = Keyset.by(TX.CREATED_AT.desc(), TX.ID.asc());

    private TxDatabase database;
    private CursorPaginator<TxRecord> paginator;

    @BeforeEach
    void open() throws SQLException {
        database = TxDatabase.of(ROWS);
        paginator = builder().build();
    }

    @AfterEach
    void close() throws SQLException {
        database.close();
    }

    private CursorPaginator.Builder builder() {
        return CursorPaginator.over(database.dsl(), KEYSET).cursors(Cursors.codec());
    }

    private Select<TxRecord> all() {
        return database.dsl().selectFrom(TX);
    }

    private static List<Long> ids(CursorPage<TxRecord> page) {
        return page.items().stream().map(TxRecord::id).toList();
    }

    @Test
    void cursor_ofAnItem_servesAfterAndBefore() {
        CursorPage<TxRecord> page = paginator.fetch(all(), CursorRequest.first(6));
        String third = page.cursor(2);
        assertThat(ids(paginator.fetch(all(), CursorRequest.first(2).after(third))))
                .containsExactly(4L, 5L);
        assertThat(ids(paginator.fetch(all(), CursorRequest.last(5).before(third))))
                .containsExactly(1L, 2L);
        assertThatThrownBy(() -> page.cursor(6)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void cursor_ofAnItemOfABackwardOrMappedPage_isThatItems() {
        CursorPage<Long> page = paginator.fetch(all(), CursorRequest.last(4)).map(TxRecord::id);
        for (int i = 0; i < 4; i++) {
            CursorPage<TxRecord> after = paginator.fetch(all(), CursorRequest.around(1, page.cursor(i)));
            assertThat(ids(after)).containsExactly(page.items().get(i));
        }
    }

    @Test
    void around_aRow_hasItInTheMiddleAndLeadsBothWays() {
        TxRecord sixth = database.dsl().fetchSingle(TX, TX.ID.eq(6L));
        String cursor = paginator.cursorOf(all(), sixth, "");
        CursorPage<TxRecord> page = paginator.fetch(all(), CursorRequest.around(5, cursor));
        assertThat(ids(page)).containsExactly(4L, 5L, 6L, 7L, 8L);
        assertThat(ids(paginator.fetch(
                        all(), CursorRequest.first(9).after(page.next().orElseThrow()))))
                .containsExactly(9L, 10L, 11L);
        assertThat(ids(paginator.fetch(
                        all(), CursorRequest.last(9).before(page.previous().orElseThrow()))))
                .containsExactly(1L, 2L, 3L);
        assertThat(ids(paginator.fetch(all(), CursorRequest.around(4, cursor)))).containsExactly(5L, 6L, 7L, 8L);
    }

    @Test
    void around_everyRowInEverySize_knowsItsEnds() {
        for (TxRecord row : all().fetch()) {
            for (int size = 1; size <= ROWS + 2; size++) {
                CursorPage<TxRecord> page =
                        paginator.fetch(all(), CursorRequest.around(size, paginator.cursorOf(all(), row, "")));
                long first = Math.max(1, row.id() - (size - 1) / 2);
                long last = Math.min(ROWS, row.id() + size / 2);
                assertThat(ids(page)).first().isEqualTo(first);
                assertThat(ids(page)).last().isEqualTo(last);
                assertThat(page.items()).hasSize((int) (last - first + 1));
                assertThat(page.hasPrevious()).isEqualTo(Tristate.of(first > 1));
                assertThat(page.hasNext()).isEqualTo(Tristate.of(last < ROWS));
            }
        }
    }

    @Test
    void around_aRowThatIsGone_isAroundTheGap() {
        CursorPage<TxRecord> page = paginator.fetch(all(), CursorRequest.first(ROWS));
        String cursor = page.cursor(10);
        database.dsl().deleteFrom(TX).where(TX.ID.in(6L, 11L)).execute();
        assertThat(ids(paginator.fetch(all(), CursorRequest.around(4, page.cursor(5)))))
                .containsExactly(5L, 7L, 8L, 9L);
        CursorPage<TxRecord> empty = paginator.fetch(all(), CursorRequest.around(1, cursor));
        assertThat(empty.items()).isEmpty();
        assertThat(empty.hasNext()).isEqualTo(Tristate.NO);
        assertThat(ids(paginator.fetch(
                        all(), CursorRequest.last(2).before(empty.previous().orElseThrow()))))
                .containsExactly(9L, 10L);
    }

    @Test
    void fetchInto_aRecordType_mapsEveryRowAndKeepsCursors() {
        record Line(long id, LocalDateTime createdAt) {}
        CursorPaginator<Record> any = builder().build();
        Select<? extends Record> columns =
                database.dsl().select(TX.ID, TX.CREATED_AT).from(TX);
        CursorPage<Line> page = any.fetchInto(columns, CursorRequest.first(2), Line.class);
        assertThat(page.items()).extracting(Line::id).containsExactly(1L, 2L);
        assertThat(any.fetchInto(
                                columns,
                                CursorRequest.first(2).after(page.next().orElseThrow()),
                                Line.class)
                        .items())
                .extracting(Line::id)
                .containsExactly(3L, 4L);
        assertThat(any.fetchInto(columns, CursorRequest.first(2).after(page.cursor(0)), Line.class)
                        .items())
                .extracting(Line::id)
                .containsExactly(2L, 3L);
    }

    @Test
    void stream_ofAllRows_equalsUnpagedForEveryChunk() {
        List<Long> expected =
                all().$orderBy(List.of(TX.CREATED_AT.desc(), TX.ID.asc())).fetch(TX.ID);
        for (int chunk = 1; chunk <= ROWS + 1; chunk++) {
            try (Stream<TxRecord> rows = paginator.stream(all(), chunk)) {
                assertThat(rows.map(TxRecord::id).toList()).isEqualTo(expected);
            }
        }
        assertThatIllegalArgumentException().isThrownBy(() -> paginator.stream(all(), 0));
    }

    @Test
    void stream_thatEndsEarly_fetchesNoFurtherChunk() {
        database.statements().clear();
        assertThat(paginator.stream(all(), 3).limit(3).map(TxRecord::id)).containsExactly(1L, 2L, 3L);
        assertThat(database.statements()).hasSize(1);
    }

    @Test
    void forEachPage_afterACrash_goesOnWhereItWas() {
        List<Long> done = new ArrayList<>();
        List<String> saved = new ArrayList<>();
        saved.add(null);
        for (int crash = 0; crash < 3; crash++) {
            assertThatThrownBy(() -> paginator.forEachPage(
                            all(), CursorRequest.first(2).after(saved.get(saved.size() - 1)), page -> {
                                if (saved.size() % 2 == 0) {
                                    saved.add(saved.get(saved.size() - 1));
                                    throw new IllegalStateException("crash");
                                }
                                done.addAll(ids(page));
                                saved.add(page.next().orElse(null));
                            }))
                    .hasMessage("crash");
        }
        assertThat(done).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        paginator.forEachPage(
                all(), CursorRequest.first(2).after(saved.get(saved.size() - 1)), page -> done.addAll(ids(page)));
        assertThat(done).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L);
    }

    @Test
    void forEachPage_backwards_endsAtTheFirstRow() {
        List<List<Long>> pages = new ArrayList<>();
        paginator.forEachPage(all(), CursorRequest.last(5), page -> pages.add(ids(page)));
        assertThat(pages).containsExactly(List.of(7L, 8L, 9L, 10L, 11L), List.of(2L, 3L, 4L, 5L, 6L), List.of(1L));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> paginator.forEachPage(all(), CursorRequest.around(1, "x"), page -> {}));
    }

    @Test
    void totals_onACursorPage_countAllRowsNotThePage() {
        Select<TxRecord> paid = database.dsl().selectFrom(TX).where(TX.STATUS.eq("PAID"));
        CursorPaginator<TxRecord> exact = builder().totals(Totals.exact()).build();
        CursorPage<TxRecord> first = exact.fetch(paid, CursorRequest.first(3));
        assertThat(first.total()).isEqualTo(Total.exactly(ROWS - 1));
        assertThat(exact.fetch(paid, CursorRequest.first(3).after(first.next().orElseThrow()))
                        .total())
                .isEqualTo(Total.exactly(ROWS - 1));
        CursorPaginator<TxRecord> bounded = builder().totals(Totals.bounded(4)).build();
        assertThat(bounded.fetch(paid, CursorRequest.first(3)).total()).isEqualTo(Total.moreThan(4));
        assertThat(paginator.fetch(paid, CursorRequest.first(3)).total()).isEqualTo(Total.none());
        CursorPaginator<TxRecord> estimated =
                builder().totals(Totals.estimated()).build();
        assertThatThrownBy(() -> estimated.fetch(paid, CursorRequest.first(3)))
                .isExactlyInstanceOf(PaginationException.class)
                .hasMessageContaining("bounded");
    }

    @Test
    void totals_throughACache_countOnce() {
        AtomicInteger counts = new AtomicInteger();
        List<Total> cache = new ArrayList<>();
        Totals cached = Totals.exact().cachedBy(count -> () -> {
            if (cache.isEmpty()) {
                counts.incrementAndGet();
                cache.add(count.get());
            }
            return cache.get(0);
        });
        CursorPaginator<TxRecord> counting = builder().totals(cached).build();
        for (int i = 0; i < 3; i++) {
            assertThat(counting.fetch(all(), CursorRequest.first(3)).total()).isEqualTo(Total.exactly(ROWS));
        }
        assertThat(counts).hasValue(1);
        Supplier<Total> negative = () -> Total.exactly(-1);
        assertThatIllegalArgumentException().isThrownBy(negative::get);
        assertThat(Stream.of(Total.none(), Total.exactly(3), Total.moreThan(4), Total.about(5))
                        .map(Total::toString))
                .containsExactly("unknown", "3", "more than 4", "about 5");
    }

    @Test
    void linkHeader_ofACursorPage_replacesOnlyThePagesParameters() {
        CursorPage<TxRecord> first = paginator.fetch(all(), CursorRequest.first(3));
        CursorPage<TxRecord> second =
                paginator.fetch(all(), CursorRequest.first(3).after(first.next().orElseThrow()));
        String link = LinkHeader.of(second, URI.create("https://shop.example/tx?q=a%20b&after=old&first=3"), 3);
        assertThat(link)
                .isEqualTo("<https://shop.example/tx?q=a%20b&first=3>; rel=\"first\", "
                        + "<https://shop.example/tx?q=a%20b&last=3&before="
                        + second.previous().orElseThrow() + ">; rel=\"prev\", "
                        + "<https://shop.example/tx?q=a%20b&first=3&after="
                        + second.next().orElseThrow() + ">; rel=\"next\"");
        assertThat(LinkHeader.of(first, URI.create("/tx"), 3)).doesNotContain("prev");
    }

    @Test
    void relayConnection_ofAPage_hasACursorForEveryEdge() {
        CursorPage<Long> page = paginator.fetch(all(), CursorRequest.first(3)).map(TxRecord::id);
        RelayConnection<Long> connection = RelayConnection.of(page);
        assertThat(connection.edges()).extracting(RelayConnection.Edge::node).containsExactly(1L, 2L, 3L);
        assertThat(connection.pageInfo().hasNextPage()).isTrue();
        assertThat(connection.pageInfo().hasPreviousPage()).isFalse();
        assertThat(ids(paginator.fetch(
                        all(),
                        CursorRequest.first(2).after(connection.pageInfo().endCursor()))))
                .containsExactly(4L, 5L);
        assertThat(ids(paginator.fetch(
                        all(),
                        CursorRequest.last(2).before(connection.edges().get(1).cursor()))))
                .containsExactly(1L);
        database.dsl().deleteFrom(TX).execute();
        RelayConnection<TxRecord> empty = RelayConnection.of(paginator.fetch(all(), CursorRequest.first(3)));
        assertThat(empty.edges()).isEmpty();
        assertThat(empty.pageInfo()).isEqualTo(new RelayConnection.PageInfo(false, false, null, null));
    }

    @Test
    void fetch_ofRowsInMemory_pagesAsTheDatabaseDoes() {
        List<TxRecord> rows = new ArrayList<>(all().fetch());
        Collections.shuffle(rows, new Random(11));
        CursorRequest inDatabase = CursorRequest.first(4);
        CursorRequest inMemory = CursorRequest.first(4).scope("list");
        for (int pages = 0; pages < 3; pages++) {
            CursorPage<TxRecord> expected = paginator.fetch(all(), inDatabase);
            CursorPage<TxRecord> actual = paginator.fetch(rows, inMemory);
            assertThat(ids(actual)).isEqualTo(ids(expected));
            assertThat(actual.hasNext()).isEqualTo(expected.hasNext());
            assertThat(actual.hasPrevious()).isEqualTo(expected.hasPrevious());
            inDatabase = inDatabase.after(expected.next().orElse(null));
            inMemory = inMemory.after(actual.next().orElse(null));
        }
        String foreign = paginator.fetch(all(), CursorRequest.first(2)).next().orElseThrow();
        assertThatThrownBy(() -> paginator.fetch(rows, CursorRequest.first(2).after(foreign)))
                .isInstanceOf(InvalidCursorException.class);
        assertThat(paginator.fetch(List.<TxRecord>of(), CursorRequest.first(2)).items())
                .isEmpty();
    }
}

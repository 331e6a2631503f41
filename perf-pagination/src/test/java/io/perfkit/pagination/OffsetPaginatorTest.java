package io.perfkit.pagination;

import static io.perfkit.pagination.Tx.TX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooq.impl.DSL.count;

import java.net.URI;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jooq.Record2;
import org.jooq.Select;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OffsetPaginatorTest {

    private TxDatabase database;
    private OffsetPaginator paginator;

    @BeforeEach
    void open() throws SQLException {
        database = TxDatabase.of(7);
        paginator = OffsetPaginator.of(database.dsl());
    }

    @AfterEach
    void close() throws SQLException {
        database.close();
    }

    private Select<TxRecord> all() {
        return database.dsl().selectFrom(TX).orderBy(TX.ID);
    }

    private static List<Long> ids(OffsetPage<TxRecord> page) {
        return page.items().stream().map(TxRecord::id).toList();
    }

    @Test
    void fetch_ofEveryPage_givesEveryRowOnce() {
        assertThat(ids(paginator.fetch(all(), 1, 3, Totals.none()))).containsExactly(1L, 2L, 3L);
        OffsetPage<TxRecord> middle = paginator.fetch(all(), 2, 3, Totals.none());
        assertThat(ids(middle)).containsExactly(4L, 5L, 6L);
        assertThat(middle.hasNext()).isTrue();
        assertThat(middle.hasPrevious()).isTrue();
        OffsetPage<TxRecord> last = paginator.fetch(all(), 3, 3, Totals.none());
        assertThat(ids(last)).containsExactly(7L);
        assertThat(last.hasNext()).isFalse();
        assertThat(paginator.fetch(all(), 4, 3, Totals.none()).items()).isEmpty();
    }

    @Test
    void fetch_withoutATotal_takesOneStatementAndKnowsNoNumberOfPages() {
        OffsetPage<TxRecord> page = paginator.fetch(all(), 1, 3, Totals.none());
        assertThat(database.statements()).hasSize(1);
        assertThat(page.total()).isEqualTo(Total.none());
        assertThat(page.pages()).isEmpty();
    }

    @Test
    void fetch_withTotals_labelsThem() {
        assertThat(paginator.fetch(all(), 2, 3, Totals.exact()).total()).isEqualTo(Total.exactly(7));
        assertThat(paginator.fetch(all(), 2, 3, Totals.exact()).pages()).isEqualTo(OptionalLong.of(3));
        assertThat(paginator.fetch(all(), 2, 3, Totals.bounded(7)).total()).isEqualTo(Total.exactly(7));
        assertThat(paginator.fetch(all(), 2, 3, Totals.bounded(6)).total()).isEqualTo(Total.moreThan(6));
        assertThat(paginator.fetch(all(), 2, 3, Totals.bounded(6)).pages()).isEmpty();
        assertThat(paginator.fetch(all(), 2, 3, Totals.supplied(() -> 99)).total())
                .isEqualTo(Total.exactly(99));
    }

    @Test
    void fetch_ofAGroupedSelect_countsItsGroups() {
        Select<Record2<String, Integer>> grouped = database.dsl()
                .select(TX.STATUS, count())
                .from(TX)
                .groupBy(TX.STATUS)
                .orderBy(TX.STATUS);
        OffsetPage<Record2<String, Integer>> page = paginator.fetch(grouped, 1, 1, Totals.exact());
        assertThat(page.total()).isEqualTo(Total.exactly(2));
        assertThat(page.items()).extracting(Record2::value1).containsExactly("OPEN");
    }

    @Test
    void fetch_ofADeepOrImpossiblePage_isRefusedBeforeTheDatabaseIsTouched() {
        assertThatThrownBy(() -> paginator.fetch(all(), 0, 3, Totals.exact()))
                .isInstanceOfSatisfying(
                        InvalidPageNumberException.class,
                        refused -> assertThat(refused.httpStatus()).isEqualTo(400))
                .hasMessage("page must be at least 1, but was 0");
        assertThatThrownBy(() -> paginator.fetch(all(), 1, 0, Totals.exact()))
                .isInstanceOf(InvalidPageSizeException.class);
        assertThatThrownBy(() -> paginator.fetch(all(), Long.MAX_VALUE, 500, Totals.exact()))
                .isInstanceOf(InvalidPageNumberException.class)
                .hasMessageContaining("at most 100000 rows");
        OffsetPaginator shallow =
                OffsetPaginator.builder(database.dsl()).maximumOffset(6).build();
        assertThat(ids(shallow.fetch(all(), 3, 3, Totals.none()))).containsExactly(7L);
        database.statements().clear();
        assertThatThrownBy(() -> shallow.fetch(all(), 4, 3, Totals.none()))
                .isInstanceOf(InvalidPageNumberException.class);
        assertThat(database.statements()).isEmpty();
    }

    @Test
    void fetch_aboveTheMaximumSize_isClamped() {
        OffsetPage<TxRecord> page =
                OffsetPaginator.builder(database.dsl()).maximumSize(2).build().fetch(all(), 2, 100, Totals.none());
        assertThat(ids(page)).containsExactly(3L, 4L);
        assertThat(page.size()).isEqualTo(2);
        OffsetPaginator.Builder builder = OffsetPaginator.builder(database.dsl());
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maximumSize(0));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maximumOffset(-1));
    }

    @Test
    void fetch_ofASelectThatCannotBePaged_saysWhy() {
        assertThatThrownBy(() -> paginator.fetch(database.dsl().selectFrom(TX), 1, 3, Totals.none()))
                .isExactlyInstanceOf(PaginationException.class)
                .hasMessageContaining("ORDER BY");
        assertThatThrownBy(() -> paginator.fetch(
                        database.dsl().selectFrom(TX).orderBy(TX.ID).limit(3), 1, 3, Totals.none()))
                .hasMessageContaining("LIMIT");
    }

    @Test
    void fetch_withTheSameSelectAgain_findsItUnchanged() {
        Select<TxRecord> select = all();
        String before = database.dsl().renderInlined(select);
        paginator.fetch(select, 2, 3, Totals.exact());
        paginator.fetch(select, 2, 3, Totals.bounded(2));
        assertThat(database.dsl().renderInlined(select)).isEqualTo(before);
    }

    @Test
    void fetchInto_aRecordType_mapsEveryRow() {
        record Line(long id, String status) {}
        OffsetPage<Line> page = paginator.fetchInto(
                database.dsl().select(TX.ID, TX.STATUS).from(TX).orderBy(TX.ID), 2, 3, Totals.exact(), Line.class);
        assertThat(page.items()).containsExactly(new Line(4, "OPEN"), new Line(5, "PAID"), new Line(6, "PAID"));
        assertThat(page.total()).isEqualTo(Total.exactly(7));
    }

    @Test
    void toMap_ofAPage_isPlainValues() {
        OffsetPage<Long> page = paginator.fetch(all(), 2, 3, Totals.exact()).map(TxRecord::id);
        assertThat(page.toMap()).containsEntry("data", List.of(4L, 5L, 6L));
        assertThat(page.toMap().get("pagination"))
                .hasToString("{page=2, per_page=3, total=7, pages=3, has_next=true, has_prev=true}");
        Map<String, Object> unknown =
                paginator.fetch(all(), 1, 3, Totals.bounded(3)).toMap();
        assertThat(unknown.get("pagination"))
                .hasToString("{page=1, per_page=3, total=null, pages=null, has_next=true, has_prev=false}");
    }

    @Test
    void linkHeader_ofANumberedPage_keepsOtherParameters() {
        URI request = URI.create("https://shop.example/tx?status=PAID&page=2&per_page=3#top");
        assertThat(LinkHeader.of(paginator.fetch(all(), 2, 3, Totals.exact()), request))
                .isEqualTo("<https://shop.example/tx?status=PAID&page=1&per_page=3>; rel=\"first\", "
                        + "<https://shop.example/tx?status=PAID&page=1&per_page=3>; rel=\"prev\", "
                        + "<https://shop.example/tx?status=PAID&page=3&per_page=3>; rel=\"next\", "
                        + "<https://shop.example/tx?status=PAID&page=3&per_page=3>; rel=\"last\"");
        assertThat(LinkHeader.of(paginator.fetch(all(), 1, 10, Totals.none()), URI.create("/tx")))
                .isEqualTo("</tx?page=1&per_page=10>; rel=\"first\"");
    }
}

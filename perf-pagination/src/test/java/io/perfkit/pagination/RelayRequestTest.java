package io.perfkit.pagination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pages by the four arguments of a Relay connection. */
class RelayRequestTest {
    private Connection connection;
    private DSLContext dsl;

    @BeforeEach
    void open() throws SQLException {
        connection = DriverManager.getConnection("jdbc:h2:mem:");
        dsl = DSL.using(connection, SQLDialect.H2);
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    private CursorPaginator.Builder builder() {
        return RelayMatrix.paginator(dsl, List.of(RelayMatrix.ID.asc()));
    }

    private static List<Integer> ids(RelayConnection<Record> page) {
        return page.map(row -> row.get(RelayMatrix.ID)).edges().stream()
                .map(RelayConnection.Edge::node)
                .toList();
    }

    @Test
    void everyCombination_onH2_isWhatTheSpecificationSays() {
        RelayMatrix matrix = RelayMatrix.run(dsl);
        assertThat(matrix.failures()).isEmpty();
        assertThat(matrix.count()).isEqualTo(RelayMatrix.COMBINATIONS);
    }

    @Test
    void everyCombination_onSqlite_isWhatTheSpecificationSays() throws SQLException {
        try (Connection sqlite = DriverManager.getConnection("jdbc:sqlite::memory:")) {
            RelayMatrix matrix = RelayMatrix.run(DSL.using(sqlite, SQLDialect.SQLITE));
            assertThat(matrix.failures()).isEmpty();
            assertThat(matrix.count()).isEqualTo(RelayMatrix.COMBINATIONS);
        }
    }

    @Test
    void cursors_ofRowsThatAreGone_boundTheGap() {
        RelayMatrix.create(dsl);
        CursorPaginator<Record> paginator = builder().build();
        RelayConnection<Record> all = paginator.fetchConnection(
                RelayMatrix.select(dsl), RelayRequest.builder().build());
        dsl.deleteFrom(RelayMatrix.RELAY).where(RelayMatrix.ID.in(1, 4)).execute();

        RelayConnection<Record> between = paginator.fetchConnection(
                RelayMatrix.select(dsl),
                RelayRequest.builder()
                        .first(5)
                        .after(all.edges().get(0).cursor())
                        .before(all.edges().get(3).cursor())
                        .build());

        assertThat(ids(between)).containsExactly(2, 3);
        assertThat(between.pageInfo().hasPreviousPage())
                .as("the row of the cursor was the only one")
                .isFalse();
        assertThat(between.pageInfo().hasNextPage()).as("no more than first").isFalse();
    }

    @Test
    void tokensOfAPage_serveOnlyTheirOwnSide() {
        RelayMatrix.create(dsl);
        CursorPaginator<Record> paginator = builder().build();
        String next = paginator
                .fetch(RelayMatrix.select(dsl), CursorRequest.first(2))
                .next()
                .orElseThrow();

        assertThat(ids(paginator.fetchConnection(
                        RelayMatrix.select(dsl),
                        RelayRequest.builder().first(2).after(next).build())))
                .containsExactly(3, 4);
        assertThatThrownBy(() -> paginator.fetchConnection(
                        RelayMatrix.select(dsl),
                        RelayRequest.builder().first(2).before(next).build()))
                .isInstanceOfSatisfying(
                        InvalidCursorException.class,
                        e -> assertThat(e.reason()).isEqualTo(InvalidCursorException.Reason.OTHER_DIRECTION));
    }

    @Test
    void cursor_ofAnotherFilterOrScope_isRefusedOnEitherSide() {
        RelayMatrix.create(dsl);
        CursorPaginator<Record> paginator = builder().build();
        String token = paginator
                .fetchConnection(
                        RelayMatrix.select(dsl),
                        RelayRequest.builder().first(1).scope("one").build())
                .edges()
                .get(0)
                .cursor();
        for (RelayRequest.Builder request : List.of(
                RelayRequest.builder().first(1).after(token),
                RelayRequest.builder().first(1).before(token),
                RelayRequest.builder().last(1).after(token))) {
            assertThatThrownBy(() -> paginator.fetchConnection(
                            RelayMatrix.select(dsl), request.scope("other").build()))
                    .isInstanceOf(InvalidCursorException.class);
            paginator.fetchConnection(
                    RelayMatrix.select(dsl), request.scope("one").build());
        }
    }

    @Test
    void size_isCheckedAsForAnyPage() {
        RelayMatrix.create(dsl);
        assertThatThrownBy(() -> RelayRequest.builder().first(-1))
                .isInstanceOf(InvalidPageSizeException.class)
                .hasMessage("first must not be negative, but was -1");
        assertThatThrownBy(() -> RelayRequest.builder().last(-3))
                .isInstanceOf(InvalidPageSizeException.class)
                .hasMessage("last must not be negative, but was -3");
        CursorPaginator<Record> clamps = builder().maximumSize(2).build();
        RelayConnection<Record> page = clamps.fetchConnection(
                RelayMatrix.select(dsl), RelayRequest.builder().last(100).build());
        assertThat(ids(page)).containsExactly(4, 5);
        assertThat(page.pageInfo().hasPreviousPage()).isTrue();
        assertThat(ids(clamps.fetchConnection(
                        RelayMatrix.select(dsl), RelayRequest.builder().build())))
                .containsExactly(1, 2);
        CursorPaginator<Record> refuses =
                builder().maximumSize(2).oversize(OversizePolicy.REFUSE).build();
        assertThatThrownBy(() -> refuses.fetchConnection(
                        RelayMatrix.select(dsl),
                        RelayRequest.builder().first(1).last(3).build()))
                .isInstanceOf(InvalidPageSizeException.class);
    }
}

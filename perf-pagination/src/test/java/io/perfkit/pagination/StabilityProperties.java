package io.perfkit.pagination;

import static io.perfkit.pagination.OracleMatrix.A;
import static io.perfkit.pagination.OracleMatrix.B;
import static io.perfkit.pagination.OracleMatrix.ID;
import static io.perfkit.pagination.OracleMatrix.ORACLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.SortField;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/** Rows come and go between the pages; the reader sees nothing twice and loses nothing that was there throughout. */
class StabilityProperties {

    private static final List<List<SortField<?>>> ORDERINGS = OracleMatrix.orderings().stream()
            .filter(ordering ->
                    ordering.stream().noneMatch(sorted -> sorted.getName().endsWith("n")))
            .toList();

    @Property(tries = 300)
    void pages_whileRowsComeAndGo_repeatAndLoseNothing(
            @ForAll @IntRange(min = 0, max = 10_000) int ordering,
            @ForAll @IntRange(min = 1, max = 7) int size,
            @ForAll boolean forward,
            @ForAll @IntRange(min = 0, max = 12) int changesPerPage,
            @ForAll Random random)
            throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:h2:mem:")) {
            Reader reader = new Reader(DSL.using(connection, SQLDialect.H2), random);
            List<SortField<?>> sorted = ORDERINGS.get(ordering % ORDERINGS.size());
            List<Long> seen = reader.read(sorted, size, forward, changesPerPage);
            assertThat(seen).doesNotHaveDuplicates();
            assertThat(new HashSet<>(seen)).containsAll(reader.throughout);
        }
    }

    /** A row that is moved may be seen twice or not at all; the others are not touched by that. */
    @Property(tries = 200)
    void pages_whileRowsMove_repeatAndLoseNoOther(
            @ForAll @IntRange(min = 0, max = 10_000) int ordering,
            @ForAll @IntRange(min = 1, max = 7) int size,
            @ForAll boolean forward,
            @ForAll @IntRange(min = 0, max = 8) int changesPerPage,
            @ForAll Random random)
            throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:h2:mem:")) {
            Reader reader = new Reader(DSL.using(connection, SQLDialect.H2), random);
            reader.moving = true;
            List<SortField<?>> sorted = ORDERINGS.get(ordering % ORDERINGS.size());
            List<Long> seen = reader.read(sorted, size, forward, changesPerPage);
            assertThat(seen.stream().filter(id -> !reader.moved.contains(id))).doesNotHaveDuplicates();
            assertThat(new HashSet<>(seen)).containsAll(reader.throughout);
        }
    }

    private static final class Reader {

        private final DSLContext dsl;
        private final Random random;
        private final List<Long> present = new ArrayList<>();
        private final Set<Long> throughout = new HashSet<>();
        private final Set<Long> used = new HashSet<>();
        private final Set<Long> moved = new HashSet<>();
        private boolean moving;

        Reader(DSLContext dsl, Random random) {
            this.dsl = dsl;
            this.random = random;
            dsl.createTable(ORACLE)
                    .column("id", SQLDataType.BIGINT.notNull())
                    .column("a", SQLDataType.INTEGER.null_())
                    .column("b", SQLDataType.VARCHAR(10).null_())
                    .primaryKey("id")
                    .execute();
            for (int i = 0; i < 20; i++) {
                insert();
            }
            throughout.addAll(present);
        }

        List<Long> read(List<SortField<?>> ordering, int size, boolean forward, int changesPerPage) {
            CursorPaginator<Record> paginator = CursorPaginator.over(
                            dsl,
                            Keyset.by(ordering.toArray(new SortField<?>[0])).uniqueBy(ID))
                    .cursors(Cursors.codec())
                    .build();
            List<Long> seen = new ArrayList<>();
            CursorRequest request = forward ? CursorRequest.first(size) : CursorRequest.last(size);
            // Whoever inserts for ever ahead of the reader keeps it reading for ever, so there is an end to that.
            for (int pages = 0; ; pages++) {
                CursorPage<Record> page =
                        paginator.fetch(dsl.select(List.of(ID, A, B)).from(ORACLE), request);
                List<Long> ids = page.items().stream().map(row -> row.get(ID)).toList();
                seen.addAll(ids);
                if (pages < 15) {
                    change(changesPerPage, ids);
                }
                var token = forward ? page.next() : page.previous();
                if (token.isEmpty()) {
                    return seen;
                }
                request = forward ? request.after(token.get()) : request.before(token.get());
            }
        }

        private void change(int changes, List<Long> page) {
            for (int i = 0; i < changes; i++) {
                int kind = random.nextInt(moving ? 5 : 3);
                if (kind == 0) {
                    insert();
                } else if (kind == 1 && !page.isEmpty()) {
                    // The row that the cursor points at, or one near it.
                    delete(page.get(random.nextInt(page.size())));
                } else if (kind > 2 && !present.isEmpty()) {
                    move(present.get(random.nextInt(present.size())));
                } else if (!present.isEmpty()) {
                    delete(present.get(random.nextInt(present.size())));
                }
            }
        }

        private void insert() {
            long id = random.nextInt(1_000_000);
            if (used.add(id)) {
                present.add(id);
                Integer a = random.nextInt(3) == 0 ? null : random.nextInt(3);
                String b = random.nextInt(3) == 0 ? null : random.nextBoolean() ? "x" : "y";
                dsl.insertInto(
                                ORACLE,
                                field(name("id"), SQLDataType.BIGINT),
                                field(name("a"), SQLDataType.INTEGER),
                                field(name("b"), SQLDataType.VARCHAR))
                        .values(id, a, b)
                        .execute();
            }
        }

        private void move(Long id) {
            moved.add(id);
            throughout.remove(id);
            dsl.update(ORACLE)
                    .set(
                            field(name("a"), SQLDataType.INTEGER),
                            random.nextBoolean() ? null : (Integer) random.nextInt(3))
                    .where(ID.eq(id))
                    .execute();
        }

        private void delete(Long id) {
            present.remove(id);
            throughout.remove(id);
            dsl.deleteFrom(ORACLE).where(ID.eq(id)).execute();
        }
    }
}

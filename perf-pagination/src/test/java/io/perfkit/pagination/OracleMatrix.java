package io.perfkit.pagination;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Select;
import org.jooq.SortField;
import org.jooq.Table;
import org.jooq.impl.QOM.NullOrdering;
import org.jooq.impl.SQLDataType;

/**
 * For every ordering of a matrix, the pages joined must equal the result that the database itself gives for the same
 * ORDER BY without paging. Pages of every size from 1 to 11, forwards and backwards, every cursor as its text.
 */
final class OracleMatrix {

    static final Table<Record> ORACLE = table(name("oracle"));
    static final Field<Long> ID = field(name("oracle", "id"), SQLDataType.BIGINT.notNull());
    static final Field<Integer> A = field(name("oracle", "a"), SQLDataType.INTEGER);
    static final Field<String> B = field(name("oracle", "b"), SQLDataType.VARCHAR(10));
    static final Field<Integer> AN = field(name("oracle", "an"), SQLDataType.INTEGER.notNull());
    static final Field<String> BN =
            field(name("oracle", "bn"), SQLDataType.VARCHAR(10).notNull());

    /** Sizes at which every page of the way forwards is also left backwards, at once. */
    private static final Set<Integer> WAY_BACK = Set.of(2, 5, 9);

    private static final int ROWS = 18;
    private static final CursorCodec CODEC = Cursors.codec();

    private final DSLContext dsl;
    private final boolean everySize;
    private final List<String> failures = new ArrayList<>();
    private int orderings;

    private OracleMatrix(DSLContext dsl, boolean everySize) {
        this.dsl = dsl;
        this.everySize = everySize;
    }

    /**
     * Runs every ordering and returns what failed and how many there were.
     *
     * @param everySize whether with every size of page, or each with a third of them, in turn
     */
    static OracleMatrix run(DSLContext dsl, boolean everySize) {
        OracleMatrix matrix = new OracleMatrix(dsl, everySize);
        create(dsl);
        for (List<SortField<?>> ordering : orderings()) {
            matrix.verify(ordering);
            matrix.orderings++;
        }
        return matrix;
    }

    List<String> failures() {
        return failures;
    }

    int count() {
        return orderings;
    }

    /** One, two and three columns; each nullable or not, in either direction, with every NULLS clause and with none. */
    static List<List<SortField<?>>> orderings() {
        List<List<SortField<?>>> all = new ArrayList<>();
        for (SortField<?> id : List.of(ID.asc(), ID.desc())) {
            all.add(List.of(id));
            for (SortField<?> a : variants(A, AN)) {
                all.add(List.of(a, id));
                for (SortField<?> b : variants(B, BN)) {
                    all.add(List.of(a, b, id));
                }
            }
        }
        return all;
    }

    private static List<SortField<?>> variants(Field<?>... fields) {
        List<SortField<?>> variants = new ArrayList<>();
        for (Field<?> field : fields) {
            for (SortField<?> sorted : Arrays.asList(field.asc(), field.desc())) {
                variants.add(sorted);
                variants.add(sorted.$nullOrdering(NullOrdering.NULLS_FIRST));
                variants.add(sorted.$nullOrdering(NullOrdering.NULLS_LAST));
            }
        }
        return variants;
    }

    static void create(DSLContext dsl) {
        dsl.dropTableIfExists(ORACLE).execute();
        dsl.createTable(ORACLE)
                .column("id", SQLDataType.BIGINT.notNull())
                .column("a", SQLDataType.INTEGER.null_())
                .column("b", SQLDataType.VARCHAR(10).null_())
                .column("an", SQLDataType.INTEGER.notNull())
                .column("bn", SQLDataType.VARCHAR(10).notNull())
                .primaryKey("id")
                .execute();
        List<Long> ids = new ArrayList<>();
        for (long id = 1; id <= ROWS; id++) {
            ids.add(id * 10 - 100);
        }
        Random random = new Random(4);
        Collections.shuffle(ids, random);
        Integer[] as = {null, -1, 0, 7};
        String[] bs = {null, "x", "y"};
        for (Long id : ids) {
            dsl.insertInto(ORACLE, unqualified(ID), unqualified(A), unqualified(B), unqualified(AN), unqualified(BN))
                    .values(
                            id,
                            as[random.nextInt(4)],
                            bs[random.nextInt(3)],
                            random.nextInt(3) - 1,
                            bs[random.nextInt(2) + 1])
                    .execute();
        }
    }

    private static <T> Field<T> unqualified(Field<T> field) {
        return field(name(field.getName()), field.getDataType());
    }

    private Select<Record> select() {
        return dsl.select(List.of(ID, A, B, AN, BN)).from(ORACLE);
    }

    private void verify(List<SortField<?>> ordering) {
        List<Long> expected = dsl.select(ID).from(ORACLE).orderBy(ordering).fetch(ID);
        CursorPaginator<Record> paginator = CursorPaginator.over(
                        dsl, Keyset.by(ordering.toArray(new SortField<?>[0])).uniqueBy(ID))
                .cursors(CODEC)
                .build();
        List<Record> rows = new ArrayList<>(select().fetch());
        rows.sort(Keyset.by(ordering.toArray(new SortField<?>[0])).uniqueBy(ID).comparator(dsl.dialect()));
        check(ordering, ROWS, "in memory", rows.stream().map(row -> row.get(ID)).toList(), expected);
        for (int size = 1; size <= 11; size++) {
            if (!everySize && (size + orderings) % 3 != 0) {
                continue;
            }
            try {
                check(ordering, size, "forwards", forwards(paginator, size), expected);
                check(ordering, size, "backwards", backwards(paginator, size), expected);
            } catch (RuntimeException | AssertionError e) {
                failures.add(ordering + " size " + size + ": " + e);
            }
        }
    }

    private void check(List<SortField<?>> ordering, int size, String way, List<Long> actual, List<Long> expected) {
        if (!actual.equals(expected)) {
            failures.add(ordering + " size " + size + " " + way + ": " + actual + " instead of " + expected);
        }
    }

    private List<Long> forwards(CursorPaginator<Record> paginator, int size) {
        List<Long> ids = new ArrayList<>();
        List<Long> before = List.of();
        CursorPage<Record> page = paginator.fetch(select(), CursorRequest.first(size));
        expect(page.hasPrevious().isNo(), "a row before the first page");
        for (int pages = 0; pages <= ROWS; pages++) {
            List<Long> here = ids(page);
            ids.addAll(here);
            expect(page.hasNext().isYes() == page.next().isPresent(), "next and hasNext disagree");
            expect(page.hasPrevious().isYes() == (pages > 0), "hasPrevious is wrong on page " + pages);
            if (page.hasPrevious().isYes() && WAY_BACK.contains(size)) {
                CursorPage<Record> back = paginator.fetch(
                        select(),
                        CursorRequest.last(size).before(page.previous().orElseThrow()));
                expect(ids(back).equals(before), "the way back from page " + pages + " leads to " + ids(back));
                expect(back.hasNext().isYes(), "the page before has no next");
            }
            if (page.next().isEmpty()) {
                return ids;
            }
            before = here;
            page = paginator.fetch(
                    select(), CursorRequest.first(size).after(page.next().get()));
        }
        throw new AssertionError("endless, forwards: " + ids);
    }

    private List<Long> backwards(CursorPaginator<Record> paginator, int size) {
        List<Long> ids = new ArrayList<>();
        CursorPage<Record> page = paginator.fetch(select(), CursorRequest.last(size));
        expect(page.hasNext().isNo(), "a row after the last page");
        for (int pages = 0; pages <= ROWS; pages++) {
            ids.addAll(0, ids(page));
            expect(page.hasNext().isYes() == (pages > 0), "hasNext is wrong, " + pages + " pages from the end");
            if (page.previous().isEmpty()) {
                return ids;
            }
            page = paginator.fetch(
                    select(), CursorRequest.last(size).before(page.previous().get()));
        }
        throw new AssertionError("endless, backwards: " + ids);
    }

    private static List<Long> ids(CursorPage<Record> page) {
        return page.items().stream().map(row -> row.get(ID)).toList();
    }

    private static void expect(boolean condition, String failure) {
        if (!condition) {
            throw new AssertionError(failure);
        }
    }
}

package io.perfkit.pagination;

import static org.jooq.impl.DSL.asterisk;
import static org.jooq.impl.DSL.exists;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.lower;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.selectOne;
import static org.jooq.impl.DSL.table;
import static org.jooq.impl.DSL.upper;

import io.perfkit.pagination.OracleFroms.From;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Select;
import org.jooq.SelectFieldOrAsterisk;
import org.jooq.SortField;
import org.jooq.impl.DSL;
import org.jooq.impl.QOM.NullOrdering;
import org.jooq.impl.SQLDataType;

/**
 * Selects made up by chance, but the same ones for the same seed: every kind of FROM, keys that are columns of it and
 * expressions, in any direction and with any NULLS clause, listed in the select, or not, or under other names, or beside
 * something else of their name. Whatever comes out, its pages joined are its rows in the order that the database gives
 * them at once.
 */
final class SelectOracle {

    /** What the select has of its keys. */
    private enum Listing {
        KEYS,
        OTHERS,
        KEYS_BY_ALIAS,
        ALIASES_AS_KEYS,
        NAMESAKES,
        ASTERISK
    }

    private final DSLContext dsl;
    private final Tally tally;
    private final From from;
    private final Random random;
    private final long seed;

    private SelectOracle(DSLContext dsl, Tally tally, From from, long seed) {
        this.dsl = dsl;
        this.tally = tally;
        this.from = from;
        this.seed = seed;
        this.random = new Random(seed * 7919 + from.what().hashCode());
    }

    /** Every FROM, with as many selects of each as there are seeds. */
    static Tally run(DSLContext dsl, long firstSeed, int seeds) {
        Tally tally = new Tally("selects on " + dsl.dialect());
        OracleTables.create(dsl);
        for (boolean generated : new boolean[] {true, false}) {
            OracleRefusals.run(dsl, tally, generated);
            for (From from : OracleFroms.all(generated, dsl.dialect())) {
                for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
                    new SelectOracle(dsl, tally, from, seed).run();
                }
            }
        }
        return tally;
    }

    private void run() {
        Field<Long> mark = from.mark();
        // Of a row that is identified by nulls too, only an expression can be said to be unique and never null.
        List<Field<?>> unique =
                from.isKnown() || !from.isIdentifiedByNulls() ? from.identifying() : List.<Field<?>>of(mark);
        List<SortField<?>> order = order(unique);
        Listing listing = listing();
        List<SortField<?>> keys = new ArrayList<>(order);
        List<SelectFieldOrAsterisk> listed = listed(listing, keys);
        listed.add(mark.as("mark"));
        Condition where = where();
        Select<? extends Record> select = (from.with() == null
                        ? dsl.select(listed)
                        : dsl.with(from.with()).select(listed))
                .from(from.table())
                .where(where);
        String what = from.what() + " #" + seed + ", " + listing + ", by " + order + ": " + dsl.renderInlined(select);
        PagedSelect[] pages = new PagedSelect[1];
        tally.compare(what, () -> {
            List<Long> expected = (from.with() == null
                            ? dsl.select(mark)
                            : dsl.with(from.with()).select(mark))
                    .from(from.table())
                    .where(where)
                    .orderBy(order)
                    .fetch(row -> row.get(0, Long.class));
            CursorPaginator<Record> paginator = CursorPaginator.over(dsl, keyset(keys, unique))
                    .cursors(Cursors.codec())
                    .maximumSize(1_000)
                    .build();
            pages[0] = new PagedSelect(select, paginator, expected);
            pages[0].forwards(1 + random.nextInt(3), true);
        });
        if (pages[0] != null) {
            int small = 1 + random.nextInt(3);
            int large = 4 + random.nextInt(9);
            tally.compare(what + " by " + small + " backwards", () -> pages[0].backwards(small));
            tally.compare(what + " by " + large, () -> pages[0].forwards(large, false));
            tally.compare(what + " by " + large + " backwards", () -> pages[0].backwards(large));
            tally.compare(what + " around " + large, () -> pages[0].around(large, 3));
        }
    }

    /** Up to three keys and, somewhere among them but mostly at the end, what identifies a row. */
    private List<SortField<?>> order(List<Field<?>> unique) {
        OracleKeys pool = new OracleKeys(from.columns(), random);
        List<Field<?>> fields = new ArrayList<>();
        List<Field<?>> identifying = new ArrayList<>(unique);
        for (int keys = random.nextInt(4); keys > 0; keys--) {
            Field<?> key = pool.next();
            if (!fields.contains(key) && !identifying.contains(key)) {
                fields.add(key);
            }
        }
        int at = random.nextInt(3) == 0 ? random.nextInt(fields.size() + 1) : fields.size();
        Collections.shuffle(identifying, random);
        fields.addAll(at, identifying);
        List<SortField<?>> order = new ArrayList<>();
        for (Field<?> field : fields) {
            SortField<?> sorted = random.nextBoolean() ? field.asc() : field.desc();
            int nulls = random.nextInt(4);
            order.add(
                    nulls == 0
                            ? sorted.$nullOrdering(NullOrdering.NULLS_FIRST)
                            : nulls == 1 ? sorted.$nullOrdering(NullOrdering.NULLS_LAST) : sorted);
        }
        return order;
    }

    /** Generated code says what identifies a row; of everything else it is stated. */
    private Keyset keyset(List<SortField<?>> keys, List<Field<?>> unique) {
        Keyset keyset = Keyset.by(keys.toArray(new SortField<?>[0]));
        if (from.isKnown()) {
            return keyset;
        }
        List<Field<?>> named = new ArrayList<>();
        for (SortField<?> key : keys) {
            Field<?> field = key.$field();
            Field<?> own = field instanceof org.jooq.impl.QOM.FieldAlias<?> alias ? alias.$field() : field;
            if (unique.contains(own)) {
                named.add(field);
            }
        }
        return keyset.uniqueBy(named.toArray(new Field<?>[0]));
    }

    private Listing listing() {
        List<Listing> possible = new ArrayList<>(List.of(Listing.values()));
        if (!from.asterisk()) {
            possible.remove(Listing.ASTERISK);
        }
        return possible.get(random.nextInt(possible.size()));
    }

    private List<SelectFieldOrAsterisk> listed(Listing listing, List<SortField<?>> keys) {
        List<SelectFieldOrAsterisk> listed = new ArrayList<>();
        switch (listing) {
            case KEYS -> keys.forEach(key -> listed.add(key.$field()));
            case OTHERS ->
                from.columns().stream()
                        .filter(column ->
                                keys.stream().noneMatch(key -> key.$field().equals(column)))
                        .forEach(listed::add);
            case KEYS_BY_ALIAS -> keys.forEach(key -> listed.add(key.$field().as("k" + listed.size())));
            case ALIASES_AS_KEYS ->
                keys.replaceAll(key -> {
                    Field<?> alias = key.$field().as("k" + listed.size());
                    listed.add(alias);
                    SortField<?> sorted = key.$sortOrder() == org.jooq.SortOrder.DESC ? alias.desc() : alias.asc();
                    return key.$nullOrdering() == null ? sorted : sorted.$nullOrdering(key.$nullOrdering());
                });
            case NAMESAKES -> namesakes(keys, listed);
            case ASTERISK -> listed.add(asterisk());
        }
        if (listing != Listing.ASTERISK) {
            Collections.shuffle(listed, random);
        }
        return listed;
    }

    /** Some of the keys, and beside them other expressions under the names of columns. */
    private void namesakes(List<SortField<?>> keys, List<SelectFieldOrAsterisk> listed) {
        keys.stream().filter(key -> random.nextBoolean()).forEach(key -> listed.add(key.$field()));
        for (Field<?> column : from.columns()) {
            if (column.getType() == String.class) {
                listed.add((random.nextBoolean() ? upper(column.cast(String.class)) : lower(column.cast(String.class)))
                        .as(column.getName()));
            } else if (column.getType() == Integer.class) {
                listed.add(column.neg().as(random.nextBoolean() ? column.getName() : "id"));
            }
        }
    }

    private Condition where() {
        Field<?> column = from.columns().get(random.nextInt(from.columns().size()));
        Field<Long> q = field(name("q", "id"), SQLDataType.BIGINT);
        return switch (random.nextInt(4)) {
            case 0 -> column.isNotNull();
            case 1 -> from.mark().gt(2L).or(column.isNull());
            case 2 -> exists(selectOne().from(table(name("note")).as("q")).where(q.ne(from.mark())));
            default -> DSL.noCondition();
        };
    }
}

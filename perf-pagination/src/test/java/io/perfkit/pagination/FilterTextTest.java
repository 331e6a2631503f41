package io.perfkit.pagination;

import static io.perfkit.pagination.FilterText.canonical;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.row;
import static org.jooq.impl.DSL.table;
import static org.jooq.impl.DSL.val;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Select;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A cursor is bound to a set of values, and not to the order in which this JVM happens to list them. */
class FilterTextTest {

    private static final Field<String> S = field(name("t", "s"), SQLDataType.VARCHAR);
    private static final Field<Long> ID = field(name("t", "id"), SQLDataType.BIGINT.notNull());
    private static final List<String> VALUES =
            List.of("PAID", "OPEN", "it's", "a, b", "(", "{\"", "x or y", "in ('b', 'a')", "--", "\u00e9");

    private static final List<Function<List<String>, Condition>> SETS = List.of(
            S::in,
            S::notIn,
            values -> S.eq(DSL.any(values.toArray(new String[0]))),
            values -> S.ne(DSL.all(values.toArray(new String[0]))),
            values -> DSL.condition("s = any({0})", val(values.toArray(new String[0]))),
            values -> row(S, ID)
                    .in(values.stream()
                            .map(value -> row(value, (long) value.length()))
                            .toList()),
            values -> S.in(values.stream().map(DSL::inline).toList()).and(ID.gt(3L)),
            values -> ID.gt(3L).or(S.in(values).and(ID.between(1L, 9L))),
            values -> DSL.or(values.stream().map(S::eq).toList()),
            values -> DSL.exists(DSL.selectOne().from(table(name("u"))).where(S.in(values))));

    @ParameterizedTest
    @EnumSource(names = {"POSTGRES", "MARIADB", "H2", "SQLITE"})
    void canonical_ofEveryKindOfSet_isTheSameInEveryOrderAndAnotherForOtherValues(SQLDialect dialect) {
        DSLContext dsl = DSL.using(dialect);
        Random random = new Random(1);
        for (Function<List<String>, Condition> set : SETS) {
            String expected = canonical(text(dsl, set, VALUES));
            List<String> shuffled = new ArrayList<>(VALUES);
            for (int i = 0; i < 20; i++) {
                Collections.shuffle(shuffled, random);
                assertThat(canonical(text(dsl, set, shuffled))).isEqualTo(expected);
            }
            Set<String> others = new HashSet<>(Set.of(expected));
            for (int i = 0; i < VALUES.size(); i++) {
                List<String> fewer = new ArrayList<>(VALUES);
                fewer.remove(i);
                assertThat(others.add(canonical(text(dsl, set, fewer)))).isTrue();
                fewer.add(i, "other");
                assertThat(others.add(canonical(text(dsl, set, fewer)))).isTrue();
            }
        }
    }

    private static String text(DSLContext dsl, Function<List<String>, Condition> set, List<String> values) {
        return dsl.renderInlined(
                DSL.selectOne().from(table(name("t"))).where(set.apply(values)).and(S.isNotNull()));
    }

    @Test
    void canonical_ofTextInWhichOrderMatters_isThatText() {
        for (String text : List.of(
                "select 1 from t where a = f('b', 'a')",
                "select 1 from t where (a, b) > (2, 1)",
                "select 1 from t where a = array['b', 'a']",
                "select 1 from t where a = '{b,a}'",
                "select 1 from t where a in (select c, b from u where z or y)",
                "select 1 from t where (a between 2 and 1 and 0)",
                "select 1 from t where s = 'x in (b, a)'",
                "select 1 from t where \"in (b, a)\" = 1",
                "select 1 from t where (case when z or y then x end)",
                "select 1 from t where a in (2, 1) -- in (",
                "select 1 from t where a in (2, 1) /* ' */",
                "select 1 from t where a = $$'$$ and b in (2, 1)",
                "select 1 from t where a = '\\' and b in (2, 1)",
                "select 1 from t where a in (2, 1",
                "select 1 from t where a in (2, 1)) or (b")) {
            assertThat(canonical(text)).isEqualTo(text);
        }
    }

    @Test
    void canonical_ofValuesThatChangePlaces_isAnother() {
        assertThat(canonical("(a in (1, 2) and b in (3))")).isNotEqualTo(canonical("(a in (1, 3) and b in (2))"));
        assertThat(canonical("(a or b and c)")).isNotEqualTo(canonical("(a and b or c)"));
        assertThat(canonical("(a = 1 or b = 2)")).isNotEqualTo(canonical("(a = 2 or b = 1)"));
        assertThat(canonical("a in (1, 2)")).isNotEqualTo(canonical("a not in (1, 2)"));
        assertThat(canonical("a in ('1, 2')")).isNotEqualTo(canonical("a in ('1', '2')"));
    }

    @Test
    void canonical_ofTenThousandValues_takesMilliseconds() {
        List<String> numbers = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            numbers.add("'value " + i + "'");
        }
        String sorted = canonical("a in (" + String.join(", ", numbers) + ")");
        Collections.shuffle(numbers, new Random(2));
        String text = "a in (" + String.join(", ", numbers) + ")";
        // Some 5 ms; a bound that only a quadratic algorithm misses.
        org.junit.jupiter.api.Assertions.assertTimeout(
                Duration.ofSeconds(2), () -> assertThat(canonical(text)).isEqualTo(sorted));
    }

    @Test
    void fetch_withTheSameSetInAnotherOrder_takesTheCursorAndWithAnotherSetRefusesIt() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:h2:mem:;DATABASE_TO_LOWER=TRUE")) {
            DSLContext dsl = DSL.using(connection, SQLDialect.H2);
            dsl.execute("create table t (id bigint primary key, s varchar(20))");
            dsl.execute("insert into t values (1, 'PAID'), (2, 'OPEN'), (3, 'VOID'), (4, 'PAID')");
            CursorPaginator<Record> paginator = CursorPaginator.over(
                            dsl, Keyset.by(ID.asc()).uniqueBy(ID))
                    .cursors(Cursors.codec())
                    .build();
            String next = paginator
                    .fetch(select(dsl, "PAID", "OPEN", "NEW"), CursorRequest.first(1))
                    .next()
                    .orElseThrow();
            assertThat(paginator
                            .fetch(
                                    select(dsl, "NEW", "OPEN", "PAID"),
                                    CursorRequest.first(9).after(next))
                            .items())
                    .extracting(row -> row.get(ID))
                    .containsExactly(2L, 4L);
            for (String[] others : List.of(new String[] {"PAID", "OPEN"}, new String[] {"PAID", "OPEN", "VOID"})) {
                assertThatThrownBy(() -> paginator.fetch(
                                select(dsl, others), CursorRequest.first(9).after(next)))
                        .isInstanceOf(InvalidCursorException.class);
            }
        }
    }

    private static Select<Record> select(DSLContext dsl, String... values) {
        return dsl.select(List.of(ID, S, inline(1))).from(table(name("t"))).where(S.in(Arrays.asList(values)));
    }
}

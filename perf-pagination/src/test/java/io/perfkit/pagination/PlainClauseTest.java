package io.perfkit.pagination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Select;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A FROM in plain SQL with clauses of its own, behind which a page would add its own: wrong rows or an SQL error. */
class PlainClauseTest {

    private static final Field<Long> ID = field(name("t", "id"), SQLDataType.BIGINT.notNull());

    private Connection connection;
    private DSLContext dsl;
    private CursorPaginator<Record> paginator;

    @BeforeEach
    void open() throws SQLException {
        connection = DriverManager.getConnection("jdbc:h2:mem:;DATABASE_TO_LOWER=TRUE");
        dsl = DSL.using(connection, SQLDialect.H2);
        dsl.execute("create table t (id bigint primary key, a int, \"order by\" int)");
        dsl.execute("insert into t values (1, 1, 1), (2, 0, 2), (3, 1, 3)");
        paginator = CursorPaginator.over(dsl, Keyset.by(ID.asc()).uniqueBy(ID))
                .cursors(Cursors.codec())
                .build();
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    t order by id desc                           | ORDER BY in plain SQL
                    t where a = 1 Order  By id desc limit 3      | ORDER BY in plain SQL
                    t limit 2                                    | LIMIT, OFFSET or FETCH
                    t offset 1 rows                              | LIMIT, OFFSET or FETCH
                    t fetch first 2 rows only                    | LIMIT, OFFSET or FETCH
                    t group by id                                | GROUP BY, HAVING
                    t having count(*) > 0                        | set operator in plain SQL
                    t union select id from t                     | set operator in plain SQL
                    t union all (select id from t)               | set operator in plain SQL
                    t where a = 1                                | WHERE in the plain SQL of its FROM
                    """)
    void fetch_ofAFromWithAClauseInPlainSql_isRefusedWithTheRemedy(String from, String message) {
        Select<? extends Record> select = dsl.select(ID).from(from);
        assertThatThrownBy(() -> paginator.fetch(select, CursorRequest.first(2)))
                .isExactlyInstanceOf(PaginationException.class)
                .hasMessageContaining(message)
                .hasMessageContaining(", which cannot be paged: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "t /* order by id */",
                "(select * from t where a < 9 order by id limit 3 offset 0) t",
                "t cross join (select 1 x union select 1) u",
                "t join (values ('group by')) as v (x) on v.x = 'group by' or v.x = 'it''s limit 1'"
            })
    void fetch_ofAFromThatHasSuchAClauseInsideOrInQuotes_isPaged(String from) {
        assertThat(paginator.stream(dsl.select(ID).from(from), 2).map(row -> row.get(ID)))
                .containsExactly(1L, 2L, 3L);
    }

    @Test
    void fetch_ofAFromInPlainSqlBesideAConditionOfJooq_isPaged() {
        Field<Integer> quoted = field(name("t", "order by"), SQLDataType.INTEGER);
        Select<? extends Record> select = dsl.select(List.of(ID))
                .from("t")
                .where(quoted.gt(1))
                .and(field(name("t", "a"), SQLDataType.INTEGER)
                        .in(DSL.select(DSL.inline(0))
                                .from(table("t"))
                                .where("id = 1")
                                .limit(1)));
        assertThat(paginator.stream(select, 1).map(row -> row.get(ID))).containsExactly(2L);
    }
}

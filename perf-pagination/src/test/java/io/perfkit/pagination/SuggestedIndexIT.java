package io.perfkit.pagination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.lower;
import static org.jooq.impl.DSL.name;

import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jooq.Field;
import org.jooq.SQLDialect;
import org.jooq.impl.SQLDataType;
import org.junit.jupiter.api.Test;

/** Every index that is proposed is made, on the database that it was proposed for; where there is none, that is said. */
class SuggestedIndexIT {

    private static final Field<Long> ID = field(name("t", "id"), SQLDataType.BIGINT.notNull());
    private static final Field<String> NAME =
            field(name("t", "name"), SQLDataType.VARCHAR(60).notNull());
    private static final Field<String> WIDE =
            field(name("t", "wide"), SQLDataType.VARCHAR(2000).notNull());
    private static final Field<String> BODY = field(name("t", "body"), SQLDataType.CLOB.notNull());
    private static final Field<Integer> A = field(name("t", "a"), SQLDataType.INTEGER);
    private static final Field<Integer> ORDER = field(name("t", "Order"), SQLDataType.INTEGER.notNull());
    private static final Field<Integer> TENANT = field(name("t", "tenant"), SQLDataType.INTEGER.notNull());
    private static final Field<Integer> LONG_A =
            field(name("t", "a_column_with_a_name_of_more_than_thirty_characters_1"), SQLDataType.INTEGER.notNull());
    private static final Field<Integer> LONG_B =
            field(name("t", "a_column_with_a_name_of_more_than_thirty_characters_2"), SQLDataType.INTEGER.notNull());

    private static Map<String, Keyset> keysets() {
        Map<String, Keyset> keysets = new LinkedHashMap<>();
        keysets.put("columns", Keyset.by(A.desc(), NAME.asc(), ID.desc()).uniqueBy(ID));
        keysets.put("lower", Keyset.by(lower(NAME).asc(), ID.asc()).uniqueBy(ID));
        keysets.put("lower of another", Keyset.by(lower(WIDE).asc(), ID.asc()).uniqueBy(ID));
        keysets.put(
                "lower alias", Keyset.by(lower(NAME).as("n").desc(), ID.asc()).uniqueBy(ID));
        keysets.put(
                "template",
                Keyset.by(field("upper({0})", SQLDataType.VARCHAR, NAME).asc(), ID.asc())
                        .uniqueBy(ID));
        keysets.put(
                "coalesce", Keyset.by(coalesce(A, inline(0)).desc(), ID.asc()).uniqueBy(ID));
        keysets.put("nulls last", Keyset.by(A.asc().nullsLast(), ID.asc()).uniqueBy(ID));
        keysets.put("nulls first", Keyset.by(A.asc().nullsFirst(), ID.asc()).uniqueBy(ID));
        keysets.put("text", Keyset.by(BODY.asc(), ID.asc()).uniqueBy(ID));
        keysets.put("wide", Keyset.by(WIDE.asc(), ID.asc()).uniqueBy(ID));
        keysets.put(
                "reserved and in mixed case", Keyset.by(ORDER.asc(), ID.asc()).uniqueBy(ID));
        keysets.put(
                "tenant again", Keyset.by(TENANT.asc(), ORDER.desc(), ID.asc()).uniqueBy(ID));
        keysets.put("long", Keyset.by(LONG_A.asc(), LONG_B.asc(), ID.asc()).uniqueBy(ID));
        keysets.put(
                "long, the other way",
                Keyset.by(LONG_A.asc(), LONG_B.desc(), ID.asc()).uniqueBy(ID));
        return keysets;
    }

    @Test
    void suggestedIndex_onItsDatabase_isMadeOrRefusedWithAReason() throws SQLException {
        FourDatabases.each(dsl -> {
            SQLDialect dialect = dsl.dialect();
            boolean mariaDb = dialect == SQLDialect.MARIADB;
            String order = dsl.render(name("Order"));
            dsl.execute(
                    "create table t (id bigint primary key, name varchar(60) not null, wide varchar(2000) not null, "
                            + "body text not null, a int, " + order + " int not null, tenant int not null, "
                            + LONG_A.getName() + " int not null, " + LONG_B.getName() + " int not null)"
                            + (mariaDb ? " character set utf8mb4" : ""));
            TreeSet<String> refused = new TreeSet<>();
            keysets().forEach((name, keyset) -> {
                String ddl;
                try {
                    ddl = keyset.suggestedIndex(dialect, TENANT);
                } catch (PaginationException e) {
                    assertThat(e).hasMessageMatching("(?i).*no index of .*");
                    refused.add(name);
                    return;
                }
                dsl.execute(ddl);
                if (mariaDb) {
                    // It cuts what is too long, and only warns.
                    assertThat(dsl.fetch("show warnings")).as(ddl).isEmpty();
                }
            });
            assertThat(refused).as("%s", dialect).containsExactlyInAnyOrderElementsOf(expected(dialect));
        });
    }

    private static TreeSet<String> expected(SQLDialect dialect) {
        TreeSet<String> refused = new TreeSet<>();
        if (dialect == SQLDialect.MARIADB || dialect == SQLDialect.H2) {
            refused.addAll(
                    java.util.List.of("lower", "lower of another", "lower alias", "template", "coalesce", "text"));
        }
        if (dialect == SQLDialect.MARIADB) {
            refused.add("wide");
        }
        if (dialect == SQLDialect.MARIADB || dialect == SQLDialect.SQLITE) {
            refused.add("nulls last");
        }
        return refused;
    }

    @Test
    void suggestedIndex_ofATableWithItsSchema_isMade() throws SQLException {
        FourDatabases.each(dsl -> {
            String schema = dsl.dialect() == SQLDialect.SQLITE ? "main" : "other_schema";
            if (dsl.dialect() == SQLDialect.MARIADB) {
                schema = dsl.fetchValue("select database()").toString();
            } else if (dsl.dialect() != SQLDialect.SQLITE) {
                dsl.execute("create schema other_schema");
            }
            dsl.execute("create table " + schema + ".t (id bigint primary key, a int not null)");
            Field<Long> id = field(name(schema, "t", "id"), SQLDataType.BIGINT.notNull());
            Field<Integer> a = field(name(schema, "t", "a"), SQLDataType.INTEGER.notNull());
            dsl.execute(Keyset.by(a.desc(), id.asc()).uniqueBy(id).suggestedIndex(dsl.dialect()));
        });
    }
}

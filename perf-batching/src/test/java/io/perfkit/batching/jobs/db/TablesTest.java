package io.perfkit.batching.jobs.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The statements are written out for each database, since migrations copy them; here they are held to one wording. */
class TablesTest {
    /** What the databases call differently, as PostgreSQL calls it. */
    private static final Map<Dialect, Map<String, String>> WORDS = Map.of(
            Dialect.POSTGRESQL, Map.of(),
            Dialect.H2,
                    Map.of(
                            " clob", " text",
                            " varbinary(100)", " bytea",
                            " timestamp(6) with time zone", " timestamp with time zone"),
            Dialect.MARIADB,
                    Map.of(
                            " longtext", " text",
                            " blob", " bytea",
                            " double ", " double precision ",
                            " datetime(6)", " timestamp with time zone",
                            ") engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;", ");"));

    private static String inOneWording(Dialect dialect) {
        String text = Tables.ddl(dialect);
        for (Map.Entry<String, String> word : new LinkedHashMap<>(WORDS.get(dialect)).entrySet()) {
            text = text.replace(word.getKey(), word.getValue());
        }
        return text;
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void statements_ofEveryDatabase_areTheSameButForTheNamesOfTypes(Dialect dialect) {
        assertThat(inOneWording(dialect)).isEqualTo(Tables.ddl(Dialect.POSTGRESQL));
    }

    @Test
    void statements_createWhatIsLookedFor() {
        assertThat(Tables.ddl(Dialect.POSTGRESQL))
                .contains("create table " + Tables.JOBS + " (")
                .contains("create table " + Tables.TYPES + " (")
                .contains("create table " + Tables.EXECUTIONS + " (");
    }
}

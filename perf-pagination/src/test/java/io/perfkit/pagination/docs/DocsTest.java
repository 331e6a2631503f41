package io.perfkit.pagination.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.pagination.CursorCodec;
import io.perfkit.pagination.CursorPage;
import io.perfkit.pagination.KeyRing;
import io.perfkit.pagination.Tx;
import io.perfkit.pagination.TxRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;

/** The documentation's Java is compiled, and its quick start runs. */
class DocsTest {

    private static final Pattern SNIPPET = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @Test
    void everySnippetOfTheDocs_isCompiledCode() throws IOException {
        String compiled = normal(Files.readString(Path.of("src/test/java/io/perfkit/pagination/docs/QuickStart.java")));
        Matcher snippets = SNIPPET.matcher(Files.readString(Path.of("../docs/pagination.md")));
        int count = 0;
        while (snippets.find()) {
            count++;
            assertThat(compiled).contains(normal(snippets.group(1)));
        }
        assertThat(count).isGreaterThanOrEqualTo(7);
    }

    private static String normal(String code) {
        return code.lines().map(String::strip).collect(Collectors.joining("\n")).strip();
    }

    @Test
    void quickStart_onADatabase_pages() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:h2:mem:")) {
            DSLContext dsl = DSL.using(connection, SQLDialect.H2);
            dsl.createTable(Tx.TX).columns(Tx.TX.fields()).execute();
            dsl.execute("create table \"orders\" (\"id\" bigint primary key, \"placed\" timestamp(6) not null)");
            for (long id = 1; id <= 120; id++) {
                dsl.insertInto(Tx.TX, Tx.TX.ID, Tx.TX.CREATED_AT, Tx.TX.STATUS, Tx.TX.REFERENCE)
                        .values(id, LocalDateTime.of(2026, 1, 1, 0, 0).minusHours(id), "PAID", "r" + id)
                        .execute();
            }
            QuickStart quickStart = new QuickStart(dsl, new byte[32]);
            CursorPage<TxRecord> first = quickStart.page(null);
            CursorPage<TxRecord> second = quickStart.page(first.next().orElseThrow());
            assertThat(first.items()).hasSize(50);
            assertThat(second.items().get(0).id()).isEqualTo(51);
            var select = dsl.selectFrom(Tx.TX).where(Tx.TX.STATUS.eq("PAID"));
            assertThat(quickStart.walk(first, select).items()).isEqualTo(first.items());
            assertThat(quickStart.handle(null, null).get("data"))
                    .asInstanceOf(InstanceOfAssertFactories.LIST)
                    .hasSize(100);
            assertThat(quickStart.handle("forged", null)).containsEntry("status", 400);
            assertThat(quickStart.scoped("a", null).items()).hasSize(50);
            CursorCodec codec = CursorCodec.signed(KeyRing.of("k", new byte[32]));
            assertThat(quickStart.plain(codec)).isNotNull();
            assertThat(quickStart.outerJoin())
                    .hasToString("Keyset[\"refund\".\"created_at\" asc nulls last, \"tx\".\"id\" asc]");
        }
    }
}

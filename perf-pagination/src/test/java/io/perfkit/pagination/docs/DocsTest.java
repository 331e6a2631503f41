package io.perfkit.pagination.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.pagination.CursorCodec;
import io.perfkit.pagination.CursorPage;
import io.perfkit.pagination.KeyRing;
import io.perfkit.pagination.Keyset;
import io.perfkit.pagination.Tx;
import io.perfkit.pagination.TxRecord;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
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
        String pages = "";
        for (String page : List.of("pagination.md", "pagination-numbered.md", "pagination-web.md")) {
            pages += Files.readString(Path.of("../docs", page));
        }
        Matcher snippets = SNIPPET.matcher(pages);
        int count = 0;
        while (snippets.find()) {
            count++;
            assertThat(compiled).contains(normal(snippets.group(1)));
        }
        assertThat(count).isGreaterThanOrEqualTo(18);
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
            verifyTheRest(quickStart, dsl, first, codec);
            assertThat(quickStart.outerJoin())
                    .hasToString("Keyset[\"refund\".\"created_at\" asc nulls last, \"tx\".\"id\" asc]");
        }
    }

    private static void verifyTheRest(
            QuickStart quickStart, DSLContext dsl, CursorPage<TxRecord> first, CursorCodec codec) {
        var select = dsl.selectFrom(Tx.TX).where(Tx.TX.STATUS.eq("PAID"));
        Keyset keyset = quickStart.tieBreaker();
        assertThat(quickStart.projected(keyset, codec).items().get(49).id()).isEqualTo(50);
        assertThat(quickStart.around(select, first.items().get(30)).items())
                .extracting(TxRecord::id)
                .startsWith(21L)
                .endsWith(41L)
                .hasSize(21);
        quickStart.everything(select);
        quickStart.resumable(select, null);
        assertThat(quickStart.exported).hasSize(240).startsWith(1L, 2L).endsWith(120L);
        assertThat(quickStart.saves).hasSize(1);
        assertThat(quickStart.totals(keyset, codec, select)).isEqualTo("120 transactions");
        assertThat(quickStart.numbered().get("pagination"))
                .hasToString("{page=3, per_page=20, total=120, pages=6, has_next=true, has_prev=true}");
        assertThat(quickStart.views(first, URI.create("/tx?first=50"))).startsWith("</tx?first=50>; rel=\"first\"");
        assertThat(quickStart.inMemory(new ArrayList<>(select.fetch())).items()).hasSize(20);
        assertThat(quickStart.index())
                .isEqualTo("create index \"tx_status_created_at_desc_id_page\" on \"tx\" "
                        + "(\"status\", \"created_at\" desc, \"id\")");
        assertThat(quickStart.migrated(codec, "PAID", null).items()).hasSize(50);
    }
}

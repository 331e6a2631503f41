package io.perfkit.batching.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.batching.jdbc.BatchWriter;
import io.perfkit.batching.jdbc.RowResult;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

/** The code of docs/batch-writer.md, compiled and run; docs-check compares. */
class BatchWriterPageTest {
    record Event(long id, String kind) {}

    @Test
    void quickStart_ofThePage_runs() throws Exception {
        JdbcDataSource dataSource = new JdbcDataSource();
        dataSource.setURL("jdbc:h2:mem:page;DB_CLOSE_DELAY=-1");
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table events (id bigint primary key, kind varchar(20))");
        }
        Event event = new Event(1, "login");
        List<Event> more = List.of(new Event(2, "login"), new Event(3, "logout"));
        Event another = new Event(4, "logout");

        BatchWriter<Event> events = BatchWriter.<Event>builder(
                        "events", dataSource, "insert into events (id, kind) values (?, ?)", (statement, row) -> {
                            statement.setLong(1, row.id());
                            statement.setString(2, row.kind());
                        })
                .build();
        RowResult result = events.write(event);
        assertThat(result.orThrow().isCommitted()).isTrue();

        List<RowResult> results = events.writeAll(more);
        CompletableFuture<RowResult> later = events.writeLater(another);
        assertThat(results).allMatch(RowResult::isCommitted);
        assertThat(later.join().isCommitted()).isTrue();
        events.close();
    }
}

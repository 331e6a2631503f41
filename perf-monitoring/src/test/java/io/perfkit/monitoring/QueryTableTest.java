package io.perfkit.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a monitor keeps when there are more queries than places. */
class QueryTableTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicLong now = new AtomicLong();
    private final PerformanceMonitor monitor = PerformanceMonitor.builder(registry)
            .ticker(now::get)
            .maximumQueries(100)
            .build();
    private final QueryRecorder recorder = monitor.queryRecorder();

    private void execute(String sql, Duration takes) {
        long start = recorder.nanoTime();
        now.addAndGet(takes.toNanos());
        recorder.executed(recorder.query(sql), start, false);
    }

    @Test
    void heaviest_areNamed_thoughTheyCameLastAndThousandsBefore() {
        int number = 50_000;
        for (int i = 0; i < number; i++) {
            execute("create table t" + i + " (id int)", Duration.ofMillis(1));
            if (i % 100 == 0) {
                execute("select heavy" + i % 5_000 + " from t", Duration.ofMillis(20));
            }
        }
        List<QueryStats> queries = monitor.queries();

        assertThat(queries).hasSizeLessThanOrEqualTo(101);
        assertThat(queries.subList(1, 51))
                .extracting(QueryStats::fingerprint)
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 50)
                        .mapToObj(i -> "select heavy" + i * 100 + " from t")
                        .toList());
        assertThat(queries.subList(1, 51))
                .allSatisfy(query -> assertThat(query.count()).isEqualTo(10));
        assertThat(queries.get(0).fingerprint()).isEqualTo("_other");
        assertThat(queries.stream().mapToLong(QueryStats::count).sum()).isEqualTo(number + number / 100);
        assertThat(registry.get("perfkit.queries.folded").counter().count()).isPositive();
    }

    /** With the defaults: of a million texts, the hundred heaviest, which come once in every ten thousand. */
    @Test
    @Tag("full")
    void heaviestHundred_ofAMillionTexts_areNamed() {
        PerformanceMonitor defaults = PerformanceMonitor.builder(new SimpleMeterRegistry())
                .ticker(now::get)
                .build();
        QueryRecorder own = defaults.queryRecorder();
        for (int i = 0; i < 1_000_000; i++) {
            boolean heavy = i % 100 == 0;
            String sql = heavy ? "select heavy" + i % 10_000 + " from t" : "create table t" + i + " (id int)";
            long start = own.nanoTime();
            now.addAndGet(Duration.ofMillis(heavy ? 20 : 1).toNanos());
            own.executed(own.query(sql), start, false);
        }
        assertThat(defaults.queries().subList(1, 101)).allSatisfy(query -> {
            assertThat(query.fingerprint()).startsWith("select heavy");
            assertThat(query.count()).isEqualTo(100);
        });
        assertThat(own.cachedTexts()).isLessThanOrEqualTo(10_000);
    }

    @Test
    void query_thatWasDropped_isCountedAnewUnderItsOwnName() {
        Query kept = recorder.query("select once from t");
        for (int i = 0; i < 1_000; i++) {
            execute("create table t" + i + " (id int)", Duration.ofMillis(1));
        }
        assertThat(kept.isDropped()).isTrue();
        long start = recorder.nanoTime();
        now.addAndGet(Duration.ofSeconds(5).toNanos());
        recorder.executed(kept, start, false);

        assertThat(monitor.queries()).extracting(QueryStats::fingerprint).contains("select once from t");
        assertThat(kept.fingerprint()).isEqualTo("select once from t");
    }

    @Test
    void slowLog_tellsTheWorst_notTheFirst() {
        try (LogCapture log = new LogCapture("io.perfkit.monitoring.slow")) {
            execute("select 7 from t", Duration.ofMillis(120));
            execute("select 7 from t", Duration.ofMillis(150));
            execute("select 7 from t", Duration.ofSeconds(30));
            execute("select 7 from t", Duration.ofSeconds(31));
            assertThat(log.lines()).hasSize(2);
            assertThat(log.lines().get(1)).startsWith("Slow query took 30000 ms (1 more since the last line)");
        }
    }

    @Test
    void slowLog_ofAFloodOfTexts_isNoFloodOfLines() {
        try (LogCapture log = new LogCapture("io.perfkit.monitoring.slow")) {
            for (int i = 0; i < 500; i++) {
                execute("select a" + i + " from t", Duration.ofMillis(101));
            }
            assertThat(log.lines()).hasSizeBetween(100, 201);
        }
    }

    @Test
    void errors_areCountedByTheClassOfTheirState() {
        Query query = recorder.query("insert into t values (1)");
        recorder.end(recorder.begin(query, "main"), 0, new java.sql.SQLException("no", "23505"));
        recorder.end(recorder.begin(query, "main"), 0, new java.sql.SQLException("no", "23503"));
        recorder.end(recorder.begin(query, "main"), 0, new java.sql.SQLException("no", (String) null));
        recorder.end(recorder.begin(query, "main", 50), 0, null);

        QueryStats stats = monitor.queries().get(0);
        assertThat(stats.errorsByState()).containsOnly(java.util.Map.entry("23", 2L), java.util.Map.entry("none", 1L));
        assertThat(stats.errors()).isEqualTo(3);
        assertThat(stats.batchEntries()).isEqualTo(53);
        assertThat(registry.get("perfkit.queries")
                        .tag("datasource", "main")
                        .tag("outcome", "ERROR")
                        .timer()
                        .count())
                .isEqualTo(3);
    }
}

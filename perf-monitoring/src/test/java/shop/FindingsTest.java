package shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.monitoring.Finding;
import io.perfkit.monitoring.MonitoringListener;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.RequestScope;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Programs and the verdict on each: what is found, on which line, and where nothing is. */
class FindingsTest {
    private static final String BY_OWNER = "select name from pet where owner_id = ?";

    private final List<Finding> told = new ArrayList<>();
    private final Database database = new Database(PerformanceMonitor.builder(new SimpleMeterRegistry())
            .libraryPackages(List.of("shop.Database"))
            .listener(new MonitoringListener() {
                @Override
                public void onFinding(Finding finding) {
                    told.add(finding);
                }
            }));

    private List<Finding> findings(String scope, Runnable program) {
        try (RequestScope request = database.monitor.openScope(scope)) {
            program.run();
            return request.findings();
        }
    }

    private List<Finding> findings(Runnable program) {
        return findings("GET /owners", program);
    }

    private static void assertOne(List<Finding> found, Finding.Kind kind, String method) {
        assertThat(found).hasSize(1);
        assertThat(found.get(0).kind()).isEqualTo(kind);
        assertThat(found.get(0).chain()).anySatisfy(line -> assertThat(line).contains(method));
        assertThat(found.get(0).chain())
                .hasSizeBetween(1, 3)
                .allSatisfy(line -> assertThat(line).startsWith("shop."));
    }

    @Test
    void lookUpInALoop_isNPlusOne_withTheLineOfTheLoop() {
        List<Finding> found = findings(this::lookUps);
        assertOne(found, Finding.Kind.N_PLUS_ONE, "FindingsTest.lookUps");
        assertThat(found.get(0).count()).isEqualTo(30);
        assertThat(found.get(0).distinctParameters()).isEqualTo(30);
        assertThat(told).hasSize(1);
        assertThat(database.monitor.findings()).hasSize(1);
    }

    private void lookUps() {
        for (int i = 0; i < 30; i++) {
            database.query(BY_OWNER, i);
        }
    }

    @Test
    void lookUpInAStream_namesTheLambdaAndItsCaller() {
        List<Finding> found = findings(this::streamed);
        assertOne(found, Finding.Kind.N_PLUS_ONE, "FindingsTest.lambda$streamed");
        assertThat(found.get(0).chain()).anySatisfy(line -> assertThat(line).contains("FindingsTest.streamed("));
    }

    private void streamed() {
        IntStream.range(0, 20).forEach(i -> database.query(BY_OWNER, i));
    }

    @Test
    void statementPreparedOnce_executedInALoop_isNPlusOne() {
        assertOne(findings(this::preparedOnce), Finding.Kind.N_PLUS_ONE, "FindingsTest.preparedOnce");
    }

    private void preparedOnce() {
        try (Connection connection = database.open();
                PreparedStatement statement = connection.prepareStatement(BY_OWNER)) {
            for (int i = 0; i < 30; i++) {
                statement.setInt(1, i);
                Database.rows(statement);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void twoLoopsOverOneQuery_areTwoFindings() {
        List<Finding> found = findings(() -> {
            firstLoop();
            secondLoop();
        });
        assertThat(found).hasSize(2);
        assertThat(found.toString()).contains("firstLoop").contains("secondLoop");
    }

    private void firstLoop() {
        for (int i = 0; i < 20; i++) {
            database.query(BY_OWNER, i);
        }
    }

    private void secondLoop() {
        for (int i = 0; i < 20; i++) {
            database.query(BY_OWNER, 50 + i);
        }
    }

    @Test
    void oneLookUpFromTwelveLines_isNone() {
        assertThat(findings(() -> {
                    database.query(BY_OWNER, 1);
                    database.query(BY_OWNER, 2);
                    database.query(BY_OWNER, 3);
                    database.query(BY_OWNER, 4);
                    database.query(BY_OWNER, 5);
                    database.query(BY_OWNER, 6);
                    database.query(BY_OWNER, 7);
                    database.query(BY_OWNER, 8);
                    database.query(BY_OWNER, 9);
                    database.query(BY_OWNER, 10);
                    database.query(BY_OWNER, 11);
                    database.query(BY_OWNER, 12);
                }))
                .isEmpty();
    }

    @Test
    void sameRowAgainAndAgain_isAnIdenticalQuery() {
        List<Finding> found = findings(() -> {
            for (int i = 0; i < 15; i++) {
                database.query(BY_OWNER, 7);
            }
        });
        assertOne(found, Finding.Kind.IDENTICAL_QUERY, "sameRowAgainAndAgain");
        assertThat(found.get(0).distinctParameters()).isEqualTo(1);
    }

    @Test
    void batch_andOneByOne() {
        assertThat(findings(() -> database.insertBatch(10_000, 1_000))).isEmpty();
        assertOne(
                findings(() -> {
                    for (int i = 0; i < 20; i++) {
                        database.update("insert into pet values (?, 1, 'x')", 20_000 + i);
                    }
                }),
                Finding.Kind.UNBATCHED_WRITES,
                "batch_andOneByOne");
        assertThat(findings(() -> {
                    for (int i = 0; i < 20; i++) {
                        database.insertBatch(30_000 + i * 50, 50);
                    }
                }))
                .isEmpty();
    }

    @Test
    void insertsThatAreReadAsASelect_areUnbatchedWrites() {
        assertOne(
                findings(() -> {
                    for (int i = 0; i < 12; i++) {
                        database.query("select id from final table (insert into pet values (?, 1, 'x'))", 40_000 + i);
                    }
                }),
                Finding.Kind.UNBATCHED_WRITES,
                "insertsThatAreReadAsASelect");
    }

    @Test
    void nineInALoop_isNone_andTenIsOne() {
        for (int number : new int[] {9, 10}) {
            List<Finding> found = findings(() -> {
                for (int i = 0; i < number; i++) {
                    database.query(BY_OWNER, i);
                }
            });
            assertThat(found).hasSize(number - 9);
        }
    }

    @Test
    void joins_batchFetching_andChunks_areNone() {
        assertThat(findings(() ->
                        database.query("select p.name from pet p join pet q on p.id = q.id where p.owner_id < ?", 3)))
                .isEmpty();
        assertThat(findings(() -> {
                    for (int i = 0; i < 20; i++) {
                        database.query("select name from pet where owner_id in (?, ?, ?)", i, i + 20, i + 40);
                    }
                }))
                .isEmpty();
        assertThat(findings(() -> {
                    for (int i = 0; i < 30; i++) {
                        database.query("select name from pet where id > ? order by id limit 100", i * 100);
                    }
                }))
                .isEmpty();
    }

    @Test
    void job_isSaidToBeOne_andTenThousandLookUpsAreOneFinding() {
        List<Finding> found = findings("job.import", () -> {
            for (int i = 0; i < 5_000; i++) {
                database.query(BY_OWNER, i);
            }
        });
        assertOne(found, Finding.Kind.N_PLUS_ONE, "job_isSaidToBeOne");
        assertThat(found.get(0).count()).isEqualTo(5_000);
        assertThat(found.get(0).fix()).contains("in a job");
    }

    @Test
    void loadsOnAPool_countInTheScopeThatWasCarried() {
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try (RequestScope request = database.monitor.openScope("GET /owners")) {
            Executor carried = task -> pool.execute(request.wrap(task));
            CompletableFuture<?>[] loads = IntStream.range(0, 20)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> database.query(BY_OWNER, i), carried))
                    .toArray(CompletableFuture[]::new);
            CompletableFuture.allOf(loads).join();
            assertOne(request.findings(), Finding.Kind.N_PLUS_ONE, "loadsOnAPool");
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void sequence_unboundedSelect_andCountOfATable() {
        assertOne(
                findings(() -> {
                    for (int i = 0; i < 12; i++) {
                        database.query("select next value for pet_seq");
                    }
                }),
                Finding.Kind.SEQUENCE_ROUND_TRIPS,
                "sequence_");
        List<Finding> all = findings(() -> database.query("select * from pet"));
        assertOne(all, Finding.Kind.UNBOUNDED_SELECT, "sequence_");
        assertThat(all.get(0).count()).isEqualTo(3_000);
        assertThat(findings(() -> database.query("select * from pet limit 2500")))
                .isEmpty();
        assertOne(
                findings(() -> database.query("select count(*) from pet")), Finding.Kind.COUNT_OF_A_TABLE, "sequence_");
        assertThat(findings(() -> database.query("select count(*) from pet where owner_id = 1")))
                .isEmpty();
    }

    @Test
    void silencedScope_andSilencedQuery_haveNone() {
        try (RequestScope request = database.monitor.openScope("GET /owners")) {
            request.silenceFindings();
            lookUps();
            assertThat(request.findings()).isEmpty();
        }
        Database other = new Database(PerformanceMonitor.builder(new SimpleMeterRegistry())
                .silenceFindings(finding -> finding.subject().contains("from pet")));
        try (RequestScope request = other.monitor.openScope("GET /owners")) {
            for (int i = 0; i < 20; i++) {
                other.query(BY_OWNER, i);
            }
            assertThat(request.queries()).isEqualTo(20);
        }
        assertThat(other.monitor.findings()).isEmpty();
        assertThat(database.monitor.findings()).isEmpty();
    }
}

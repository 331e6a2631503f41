package io.perfkit.batching.docs;

import static io.perfkit.batching.jobs.Backoff.exponential;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.batching.jobs.JobHandler;
import io.perfkit.batching.jobs.JobId;
import io.perfkit.batching.jobs.JobOptions;
import io.perfkit.batching.jobs.JobQueue;
import io.perfkit.batching.jobs.JobState;
import io.perfkit.batching.jobs.JobStatus;
import io.perfkit.batching.jobs.db.DatabaseJobQueue;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The code of docs/jobs.md, compiled and run. */
class JobsPageTest {
    record SalesReport(int year, int month) {}

    record SalesReportOfCountry(int year, int month, String country) {}

    record Confirmation(long order) {}

    record Total(long sum) {}

    private interface MailProvider {
        void send(Confirmation order, String header);
    }

    private final List<Integer> added = new CopyOnWriteArrayList<>();
    private final JdbcDataSource dataSource = new JdbcDataSource();

    @BeforeEach
    void createTables() {
        dataSource.setURL("jdbc:h2:mem:page" + System.identityHashCode(this) + ";DB_CLOSE_DELAY=-1");
        DatabaseJobQueue.createTables(dataSource);
    }

    private static Total create(SalesReport report) {
        return new Total(report.year() + report.month());
    }

    private static List<Integer> daysOf(SalesReport report) {
        return IntStream.rangeClosed(1, 30 + report.month() % 2).boxed().toList();
    }

    private void add(int day) {
        added.add(day);
    }

    private Total total() {
        return new Total(added.stream().mapToInt(day -> day).sum());
    }

    private static void run(Object report) {
        assertThat(report).isNotNull();
    }

    private static void insertOrder(Connection connection) throws SQLException {
        assertThat(connection.getAutoCommit()).isFalse();
    }

    @Test
    void inMemory_runs() {
        JobQueue jobs = JobQueue.inMemory("reports")
                .handler(SalesReport.class, (report, job) -> job.result(create(report)))
                .build();
        JobId id = jobs.submit(new SalesReport(2026, 11));
        JobStatus status = jobs.status(id);
        assertThat(status.id()).isEqualTo(id);
        assertThat(jobs.await(id, ofSeconds(20)).result(Total.class)).isEqualTo(new Total(2037));
        jobs.close();
    }

    @Test
    void onADatabase_runs() {
        DatabaseJobQueue jobs = DatabaseJobQueue.on(dataSource, "reports")
                .handler(SalesReport.class, (report, job) -> {
                    List<Integer> days = daysOf(report);
                    for (int i = 0; i < days.size(); i++) {
                        job.checkCancelled();
                        add(days.get(i));
                        job.progress(i + 1, days.size());
                    }
                    job.result(total());
                })
                .workers(4)
                .build();
        JobId id = jobs.submit(
                new SalesReport(2026, 11),
                JobOptions.attempts(5)
                        .backoff(exponential(ofSeconds(2)))
                        .delay(ofSeconds(1))
                        .priority(10)
                        .key("sales:2026-11"));
        JobStatus status = jobs.status(id);
        JobState state = status.state();
        double progress = status.progress();
        Duration timeLeft = status.timeLeft();
        JobStatus end = jobs.await(id, ofSeconds(30));
        Total result = end.result(Total.class);
        assertThat(state).isEqualTo(JobState.QUEUED);
        assertThat(progress).isZero();
        assertThat(timeLeft).isNull();
        assertThat(result).isEqualTo(new Total(496));
        jobs.close();
    }

    @Test
    void inATransaction_runs() throws SQLException {
        DatabaseJobQueue jobs = DatabaseJobQueue.on(dataSource, "confirmations")
                .handler(Confirmation.class, (order, job) -> {})
                .build();
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            insertOrder(connection);
            JobId confirmation = jobs.submit(connection, new Confirmation(4711));
            connection.commit();
            assertThat(jobs.await(confirmation, ofSeconds(20)).state()).isEqualTo(JobState.SUCCEEDED);
        }
        jobs.close();
    }

    @Test
    void effectsOutside_areKeyedByTheJob() throws Exception {
        List<String> sent = new ArrayList<>();
        MailProvider mailProvider = (order, header) -> sent.add(header);
        JobHandler<Confirmation> handler = (order, job) -> {
            insertUnlessThere(job.id(), order);
            mailProvider.send(order, "idempotency-key: " + job.id());
        };
        JobQueue jobs = JobQueue.inMemory("confirmations")
                .handler(Confirmation.class, handler)
                .build();
        JobId id = jobs.submit(new Confirmation(4711));
        assertThat(jobs.await(id, ofSeconds(20)).state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(sent).containsExactly("idempotency-key: " + id);
        jobs.close();
    }

    private static void insertUnlessThere(JobId id, Confirmation order) {
        assertThat(order).as(id.value()).isNotNull();
    }

    @Test
    void versions_areRegistered() {
        DatabaseJobQueue jobs = DatabaseJobQueue.on(dataSource, "reports")
                .handler("sales", 1, SalesReport.class, (report, job) -> run(report))
                .handler("sales", 2, SalesReportOfCountry.class, (report, job) -> run(report))
                .build();
        JobId id = jobs.submit(new SalesReportOfCountry(2026, 11, "NO"));
        assertThat(jobs.await(id, ofSeconds(20)).state()).isEqualTo(JobState.SUCCEEDED);
        jobs.close();
    }
}

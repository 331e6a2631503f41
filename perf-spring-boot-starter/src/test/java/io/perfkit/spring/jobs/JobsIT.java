package io.perfkit.spring.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.perfkit.batching.jobs.JobId;
import io.perfkit.batching.jobs.JobQueue;
import io.perfkit.batching.jobs.JobState;
import io.perfkit.batching.jobs.JobStatus;
import io.perfkit.spring.app.Http;
import io.perfkit.spring.app.Reports.CityReport;
import io.perfkit.spring.app.RunningApplication;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Jobs of an application, in its own database. */
class JobsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static ConfigurableApplicationContext context;
    private static JobQueue jobs;

    @BeforeAll
    static void start() {
        context = RunningApplication.shared();
        jobs = context.getBean(JobQueue.class);
        context.getBean(JdbcTemplate.class).update("insert into owner (id, city) values (4000, 'Ulm')");
    }

    private static TransactionTemplate transaction() {
        return new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
    }

    @Test
    void job_ofAnAnnotatedHandler_isRunAndHasItsResult() {
        JobStatus end = jobs.await(jobs.submit(new CityReport(4000)), PATIENCE);
        assertThat(end.state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(end.result(String.class)).isEqualTo("Ulm");
    }

    @Test
    void submission_inATransaction_isOneWithIt() {
        AtomicReference<JobId> submitted = new AtomicReference<>();
        assertThatThrownBy(() -> transaction().executeWithoutResult(status -> {
                    submitted.set(jobs.submit(new CityReport(4000)));
                    throw new IllegalStateException("rolled back");
                }))
                .hasMessage("rolled back");
        assertThat(jobs.find(submitted.get()))
                .as("rolled back with its transaction")
                .isEmpty();
        transaction().executeWithoutResult(status -> {
            context.getBean(JdbcTemplate.class).update("insert into owner (id, city) values (4001, 'Jena')");
            submitted.set(jobs.submit(new CityReport(4001)));
        });
        assertThat(jobs.await(submitted.get(), PATIENCE).result(String.class)).isEqualTo("Jena");
    }

    @Test
    void queue_isSeenByTheOperator() {
        assertThat(context.getBean(MeterRegistry.class)
                        .find("perfkit.jobs.waiting")
                        .tag("queue", "jobs")
                        .gauges())
                .isNotEmpty();
        Http http = new Http(RunningApplication.port(context));
        assertThat(http.json(http.get("/actuator/perfkit")).get("jobs").get("queued"))
                .isNotNull();
    }
}

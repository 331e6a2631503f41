package io.perfkit.batching.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** The contract, and what is special about jobs in memory. */
class InMemoryJobQueueTest extends JobQueueContract {
    @Override
    protected JobQueue build(Setup setup, JobHandler<Report> handler) {
        InMemoryJobQueue.Builder builder = JobQueue.inMemory("reports")
                .handler(Report.class, handler)
                .workers(setup.workers)
                .maximumRunTime(setup.maximumRunTime)
                .cancelGrace(setup.cancelGrace)
                .keyWindow(setup.keyWindow);
        setup.listeners.forEach(builder::listener);
        return builder.build();
    }

    @Test
    void submit_toAFullQueue_isRejectedWithTheBound() {
        JobQueue jobs = opened(JobQueue.inMemory("reports")
                .handler(Report.class, (report, job) -> gate.await())
                .workers(1)
                .maximumQueued(2)
                .build());
        JobId first = jobs.submit(REPORT);
        await().atMost(SOON).until(() -> jobs.status(first).state() == JobState.RUNNING);
        jobs.submit(REPORT);
        JobId waiting = jobs.submit(REPORT);

        assertThatExceptionOfType(JobRejectedException.class)
                .isThrownBy(() -> jobs.submit(REPORT))
                .withMessageContaining("job queue reports is full")
                .withMessageContaining("maximumQueued is 2");
        jobs.cancel(waiting);
        assertThat(jobs.submit(REPORT)).as("a cancelled job frees its place").isNotNull();
    }

    @Test
    void finishedJobs_beyondTheBoundOrTheRetention_areForgotten() {
        Instant[] now = {Instant.EPOCH};
        Clock clock = new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now[0];
            }
        };
        JobQueue jobs = opened(JobQueue.inMemory("reports")
                .handler(Report.class, (report, job) -> {})
                .maximumFinished(3)
                .retention(Duration.ofHours(2))
                .clock(clock)
                .build());
        List<JobId> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            JobId id = jobs.submit(REPORT, JobOptions.defaults().key("k" + i));
            jobs.await(id, SOON);
            ids.add(id);
        }
        assertThat(jobs.find(ids.get(0))).isEmpty();
        assertThat(jobs.find(ids.get(1))).isEmpty();
        assertThat(jobs.find(ids.get(2))).isPresent();
        now[0] = Instant.EPOCH.plus(Duration.ofHours(3));
        assertThat(jobs.find(ids.get(4))).isEmpty();
        assertThat(jobs.submit(REPORT, JobOptions.defaults().key("k4"))).isNotEqualTo(ids.get(4));
    }

    @Test
    void close_withJobsThatWaitOrHang_saysWhatIsLost() {
        CountDownLatch begun = new CountDownLatch(1);
        JobQueue jobs = JobQueue.inMemory("reports")
                .handler(Report.class, (report, job) -> {
                    begun.countDown();
                    gate.await();
                })
                .workers(1)
                .build();
        JobId running = jobs.submit(REPORT);
        JobId waiting = jobs.submit(REPORT);
        await().atMost(SOON).until(() -> begun.getCount() == 0);

        assertThat(jobs.close(Duration.ofMillis(20))).isEqualTo(new JobsCloseReport(0, 1, 1));
        assertThat(jobs.status(waiting).state()).isEqualTo(JobState.CANCELLED);
        assertThat(jobs.status(waiting).error()).contains("live in memory");
        assertThat(jobs.status(running).state()).isEqualTo(JobState.CANCELLED);
        assertThat(jobs.status(running).error()).contains("closed while the handler ran");
    }

    @Test
    void settings_thatAreWrong_areRefused() {
        InMemoryJobQueue.Builder builder = JobQueue.inMemory("reports").handler(Report.class, (report, job) -> {});
        assertThatIllegalArgumentException().isThrownBy(() -> JobQueue.inMemory("a b"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.handler(Report.class, (report, job) -> {}))
                .withMessageContaining("registered already");
        assertThatIllegalStateException()
                .isThrownBy(() -> builder.retention(Duration.ofMinutes(1))
                        .keyWindow(Duration.ofMinutes(2))
                        .build())
                .withMessageContaining("keyWindow")
                .withMessageContaining("retention");
        assertThatIllegalArgumentException().isThrownBy(() -> JobOptions.attempts(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JobOptions.defaults().key(""));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JobOptions.defaults().key("a\0b"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JobOptions.defaults().priority(1_001));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JobOptions.defaults().delay(Duration.ofMillis(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> new JobId(" "));
    }
}

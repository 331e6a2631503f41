package io.perfkit.batching.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A queue in memory over executors and schedulers of the application's, which do what such things do. */
class InMemoryExecutorsTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    /** A payload. */
    record Report(int part) {}

    /** Keeps what is scheduled until the test runs it. */
    private static final class Held extends ScheduledThreadPoolExecutor {
        private final List<Runnable> tasks = new CopyOnWriteArrayList<>();

        Held() {
            super(1);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            tasks.add(task);
            return super.schedule(() -> {}, 1, TimeUnit.HOURS);
        }
    }

    private final Held timer = new Held();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch gate = new CountDownLatch(1);

    @AfterEach
    void stop() {
        gate.countDown();
        threads.shutdownNow();
        timer.shutdownNow();
    }

    @Test
    void executor_thatRunsItsTasksInTheCaller_keepsNobodyOut() {
        InMemoryJobQueue[] self = new InMemoryJobQueue[1];
        InMemoryJobQueue jobs = JobQueue.inMemory("reports")
                .handler(Report.class, (report, job) -> {
                    JobQueueStats seen = CompletableFuture.supplyAsync(() -> self[0].stats(), threads)
                            .get(10, TimeUnit.SECONDS);
                    job.result(seen.running());
                    if (report.part() == 0) {
                        job.result(self[0].submit(new Report(1)));
                    }
                })
                .executor(Runnable::run)
                .build();
        self[0] = jobs;
        JobId id = jobs.submit(new Report(0), JobOptions.attempts(1));
        JobStatus status = jobs.status(id);
        assertThat(status.state()).as(status.toString()).isEqualTo(JobState.SUCCEEDED);
        JobId inner = status.result(JobId.class);
        assertThat(inner).isNotNull();
        assertThat(jobs.status(inner).state()).isEqualTo(JobState.SUCCEEDED);
        jobs.close();
    }

    @Test
    void attempts_ofAnExecutorThatRunsInTheCaller_doNotPileUpOnItsStack() {
        InMemoryJobQueue jobs = JobQueue.inMemory("reports")
                .handler(Report.class, (report, job) -> {
                    if (job.attempt() < 500) {
                        throw new IllegalStateException("again");
                    }
                })
                .executor(Runnable::run)
                .build();
        JobId id = jobs.submit(new Report(0), JobOptions.attempts(500).backoff(Backoff.fixed(Duration.ZERO)));
        assertThat(jobs.status(id).state()).isEqualTo(JobState.SUCCEEDED);
        jobs.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void executor_thatHasNoThreadForAWhile_isAskedAgain(boolean isError) {
        AtomicInteger calls = new AtomicInteger();
        InMemoryJobQueue jobs = JobQueue.inMemory("reports")
                .handler(Report.class, (report, job) -> {})
                .executor(task -> {
                    if (calls.incrementAndGet() == 1) {
                        if (isError) {
                            throw new InternalError("unable to create native thread");
                        }
                        throw new RejectedExecutionException("full");
                    }
                    threads.execute(task);
                })
                .scheduler(timer)
                .build();
        JobId id = jobs.submit(new Report(0));
        assertThat(jobs.status(id).state()).isEqualTo(JobState.QUEUED);
        assertThat(timer.tasks).hasSize(1);
        timer.tasks.get(0).run();
        assertThat(jobs.await(id, SOON).state()).isEqualTo(JobState.SUCCEEDED);
        jobs.close();
    }

    @Test
    void scheduler_thatWasClosedFirst_leavesNoJobHanging() {
        ScheduledThreadPoolExecutor closed = new ScheduledThreadPoolExecutor(1);
        closed.shutdown();
        InMemoryJobQueue jobs = JobQueue.inMemory("reports")
                .handler(Report.class, (report, job) -> {
                    if (report.part() == 1) {
                        throw new IllegalStateException("broken");
                    }
                })
                .scheduler(closed)
                .build();
        JobOptions delayed = JobOptions.defaults().delay(Duration.ofHours(1)).key("delayed");
        assertThatExceptionOfType(JobRejectedException.class)
                .isThrownBy(() -> jobs.submit(new Report(0), delayed))
                .withMessageContaining("close the queue before it");
        assertThat(jobs.list(JobState.QUEUED)).isEmpty();
        assertThat(jobs.stats().delayed()).isZero();

        JobId good = jobs.submit(new Report(0), JobOptions.defaults().key("delayed"));
        assertThat(jobs.await(good, SOON).state()).isEqualTo(JobState.SUCCEEDED);
        JobId broken = jobs.submit(new Report(1));
        JobStatus status = jobs.await(broken, SOON);
        assertThat(status.state()).as("there is no other attempt to wait for").isEqualTo(JobState.FAILED);
        assertThat(status.error()).contains("broken");
        jobs.close();
    }

    @Test
    void cancelAndRetry_justWhenTheDelayEnds_runsTheJobOnce() {
        AtomicInteger runs = new AtomicInteger();
        InMemoryJobQueue jobs = JobQueue.inMemory("reports")
                .handler(Report.class, (report, job) -> {
                    if (report.part() == 0) {
                        gate.await();
                    } else {
                        runs.incrementAndGet();
                    }
                })
                .workers(1)
                .scheduler(timer)
                .build();
        JobId id = jobs.submit(new Report(1), JobOptions.defaults().delay(Duration.ofHours(1)));
        Runnable due = timer.tasks.get(0);
        JobId first = jobs.submit(new Report(0));
        await().atMost(SOON).until(() -> jobs.status(first).state() == JobState.RUNNING);
        assertThat(jobs.cancel(id)).isTrue();
        assertThat(jobs.retry(id)).isTrue();
        due.run();
        assertThat(jobs.stats().queued()).isOne();
        gate.countDown();
        assertThat(jobs.await(first, SOON).state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(jobs.await(id, SOON).state()).isEqualTo(JobState.SUCCEEDED);
        jobs.close();
        assertThat(runs).hasValue(1);
    }

    @Test
    void attempts_oneAfterTheOther_shareOneTimer_whichGoesWithTheQueue() {
        InMemoryJobQueue jobs = JobQueue.inMemory("reports")
                .handler(Report.class, (report, job) -> {})
                .scheduler(timer)
                .build();
        for (int i = 0; i < 50; i++) {
            assertThat(jobs.await(jobs.submit(new Report(i)), SOON).state()).isEqualTo(JobState.SUCCEEDED);
        }
        assertThat(timer.tasks).hasSize(1);
        jobs.close();
        assertThat(timer.getQueue()).allMatch(task -> ((Future<?>) task).isCancelled());
    }

    @Test
    void maximumRunTime_ofSeveralAttempts_endsEachAtItsOwnTime() {
        InMemoryJobQueue jobs = JobQueue.inMemory("reports")
                .handler(Report.class, (report, job) -> {
                    if (report.part() > 0) {
                        gate.await();
                    }
                })
                .workers(2)
                .scheduler(timer)
                .build();
        JobOptions once = JobOptions.attempts(1);
        assertThat(jobs.await(jobs.submit(new Report(0)), SOON).state()).isEqualTo(JobState.SUCCEEDED);
        JobId first = running(jobs, jobs.submit(new Report(1), once));
        JobId second = running(jobs, jobs.submit(new Report(2), once));

        timer.tasks.get(0).run();
        assertThat(List.of(first, second))
                .as("the time of the one that has ended is over")
                .allMatch(id -> jobs.status(id).state() == JobState.RUNNING);
        timer.tasks.get(1).run();
        assertThat(jobs.status(first).error()).contains("longer than maximumRunTime, PT6H");
        assertThat(jobs.status(second).state()).isEqualTo(JobState.RUNNING);
        timer.tasks.get(2).run();
        assertThat(jobs.status(second).state()).isEqualTo(JobState.FAILED);
        assertThat(timer.tasks).hasSize(3);
        jobs.close();
    }

    private static JobId running(JobQueue jobs, JobId id) {
        await().atMost(SOON).until(() -> jobs.status(id).state() == JobState.RUNNING);
        return id;
    }
}

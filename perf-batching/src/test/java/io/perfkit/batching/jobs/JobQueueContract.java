package io.perfkit.batching.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every {@link JobQueue} does. */
public abstract class JobQueueContract {
    protected static final Duration SOON = Duration.ofSeconds(20);

    /** A payload. */
    public record Report(String name, int part) {}

    /** A result. */
    public record Total(String name, long sum) {}

    /** How a queue is to be set up. */
    public static final class Setup {
        public int workers = 2;
        public Duration maximumRunTime = Duration.ofMinutes(1);
        public Duration cancelGrace = Duration.ofMinutes(1);
        public Duration keyWindow = Duration.ofMinutes(5);
        public final List<JobListener> listeners = new ArrayList<>();

        public Setup workers(int count) {
            workers = count;
            return this;
        }

        public Setup maximumRunTime(Duration time) {
            maximumRunTime = time;
            return this;
        }

        public Setup cancelGrace(Duration time) {
            cancelGrace = time;
            return this;
        }

        public Setup keyWindow(Duration time) {
            keyWindow = time;
            return this;
        }

        public Setup listener(JobListener listener) {
            listeners.add(listener);
            return this;
        }
    }

    private final List<JobQueue> open = new ArrayList<>();
    protected final CountDownLatch gate = new CountDownLatch(1);

    /** A queue of its own. */
    protected abstract JobQueue build(Setup setup, JobHandler<Report> handler);

    protected final JobQueue open(Setup setup, JobHandler<Report> handler) {
        return opened(build(setup, handler));
    }

    protected final <Q extends JobQueue> Q opened(Q queue) {
        open.add(queue);
        return queue;
    }

    @AfterEach
    public void closeAll() {
        gate.countDown();
        open.forEach(queue -> queue.close(Duration.ofSeconds(2)));
    }

    protected static final Report REPORT = new Report("sales", 7);
    protected static final JobOptions AT_ONCE = JobOptions.attempts(3).backoff(Backoff.fixed(Duration.ofMillis(5)));

    private static void spinUntil(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void submit_job_runsItAndKeepsItsResult() {
        JobQueue jobs = open(new Setup(), (report, job) -> job.result(new Total(report.name(), report.part() * 6L)));

        JobId id = jobs.submit(REPORT);
        JobStatus status = jobs.await(id, SOON);

        assertThat(status.state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(status.result(Total.class)).isEqualTo(new Total("sales", 42));
        assertThat(status.progress()).isEqualTo(1);
        assertThat(status.attempts()).isOne();
        assertThat(status.type()).isEqualTo("Report");
        assertThat(status.error()).isNull();
        assertThat(status.startedAt()).isNotNull().isAfterOrEqualTo(status.submittedAt());
        assertThat(status.finishedAt()).isNotNull().isAfterOrEqualTo(status.startedAt());
        assertThatExceptionOfType(JobException.class).isThrownBy(() -> status.result(Integer.class));
        assertThat(jobs.retry(id)).isFalse();
        assertThat(jobs.cancel(id)).isFalse();
    }

    @Test
    void result_ofNothing_isNull() {
        JobQueue jobs = open(new Setup(), (report, job) -> {});
        assertThat(jobs.await(jobs.submit(REPORT), SOON).result(Total.class)).isNull();
    }

    @Test
    void progress_ofARunningJob_isSeenWithAnEstimateOfTheTimeLeft() {
        JobQueue jobs = open(new Setup(), (report, job) -> {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(40));
            job.progress(1, 4);
            gate.await();
        });
        JobId id = jobs.submit(REPORT);

        await().atMost(SOON).until(() -> jobs.status(id).progress() == 0.25);
        JobStatus status = jobs.status(id);
        assertThat(status.state()).isEqualTo(JobState.RUNNING);
        assertThat(status.timeLeft()).isNotNull().isBetween(Duration.ZERO, Duration.ofSeconds(20));
        assertThat(jobs.await(id, Duration.ofMillis(10)).isFinished()).isFalse();
        gate.countDown();
        assertThat(jobs.await(id, SOON).timeLeft()).isNull();
    }

    @Test
    void progress_outOfRange_isRefused() {
        JobQueue jobs = open(new Setup(), (report, job) -> job.progress(Double.NaN));
        JobStatus status = jobs.await(jobs.submit(REPORT, JobOptions.attempts(1)), SOON);
        assertThat(status.error()).contains("progress must be from 0 to 1, but was NaN");
    }

    @Test
    void attempt_thatFails_isFollowedByAnotherAfterTheBackoff() {
        AtomicInteger calls = new AtomicInteger();
        List<Integer> failed = new CopyOnWriteArrayList<>();
        JobListener listener = new JobListener() {
            @Override
            public void onAttemptFailed(JobId id, int attempt, Throwable failure) {
                failed.add(attempt);
            }
        };
        JobQueue jobs = open(new Setup().listener(listener), (report, job) -> {
            assertThat(job.maximumAttempts()).isEqualTo(3);
            if (calls.incrementAndGet() < 3) {
                throw new IllegalStateException("not yet " + job.attempt());
            }
            job.result("done in " + job.attempt());
        });

        JobStatus status = jobs.await(jobs.submit(REPORT, AT_ONCE), SOON);
        assertThat(status.state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(status.result(String.class)).isEqualTo("done in 3");
        assertThat(status.attempts()).isEqualTo(3);
        assertThat(failed).containsExactly(1, 2);
    }

    @Test
    void job_thatWaitsForItsBackoff_saysSoAndWhenItGoesOn() {
        JobQueue jobs = open(new Setup(), (report, job) -> {
            throw new IllegalStateException("broken\0\uD800 pipe");
        });
        JobId id = jobs.submit(REPORT, JobOptions.attempts(2).backoff(Backoff.fixed(Duration.ofMinutes(10))));

        await().atMost(SOON).until(() -> jobs.status(id).state() == JobState.RETRYING);
        JobStatus status = jobs.status(id);
        assertThat(status.error()).contains("broken\uFFFD\uFFFD pipe");
        assertThat(status.nextAttemptAt()).isAfter(status.submittedAt().plusSeconds(500));
        assertThat(jobs.stats().delayed()).isOne();
        assertThat(jobs.cancel(id)).isTrue();
        assertThat(jobs.status(id).state()).isEqualTo(JobState.CANCELLED);
    }

    @Test
    void job_thatFailsForGood_staysAndIsListedAndCanBeRetried() {
        AtomicInteger calls = new AtomicInteger();
        JobQueue jobs = open(new Setup(), (report, job) -> {
            if (calls.incrementAndGet() <= 3) {
                throw new IllegalStateException("broken", new java.io.IOException("disk"));
            }
        });
        JobId id = jobs.submit(REPORT, AT_ONCE);
        JobStatus status = jobs.await(id, SOON);

        assertThat(status.state()).isEqualTo(JobState.FAILED);
        assertThat(status.error()).contains("IllegalStateException: broken", "IOException: disk");
        assertThat(jobs.list(JobState.FAILED)).extracting(JobStatus::id).containsExactly(id);
        assertThat(jobs.list(JobState.SUCCEEDED)).isEmpty();

        assertThat(jobs.retry(id)).isTrue();
        assertThat(jobs.await(id, SOON).state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(jobs.status(id).attempts()).isOne();
        assertThat(jobs.list(JobState.FAILED)).isEmpty();
    }

    @Test
    void list_ofManyJobs_answersTheNewestFirst() {
        JobQueue jobs = open(new Setup().workers(1), (report, job) -> gate.await());
        List<JobId> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ids.add(jobs.submit(REPORT, JobOptions.defaults().delay(Duration.ofHours(1))));
            LockSupport.parkNanos(2_000_000);
        }
        assertThat(jobs.list(JobState.QUEUED, 2)).extracting(JobStatus::id).containsExactly(ids.get(4), ids.get(3));
    }

    @Test
    void permanentFailure_isNotRetried() {
        JobQueue jobs = open(new Setup(), (report, job) -> {
            throw new PermanentJobException("no such customer");
        });
        JobStatus status = jobs.await(jobs.submit(REPORT, AT_ONCE), SOON);
        assertThat(status.state()).isEqualTo(JobState.FAILED);
        assertThat(status.attempts()).isOne();
        assertThat(status.error()).contains("no such customer");
    }

    @Test
    void handler_thatThrowsAnError_leavesItsReasonAndALivingWorker() {
        JobQueue jobs = open(new Setup().workers(1), (report, job) -> {
            if (report.part() == 0) {
                throw new StackOverflowError("too deep");
            }
            if (report.part() == 3) {
                throw new IllegalStateException("long ".repeat(1_000_000), new Error("of all"));
            }
            if (report.part() == 1) {
                throw new IllegalStateException() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public String getMessage() {
                        throw new IllegalStateException("cannot even say");
                    }
                };
            }
        });
        JobId error = jobs.submit(new Report("a", 0), JobOptions.attempts(1));
        JobId mute = jobs.submit(new Report("b", 1), JobOptions.attempts(1));
        JobId endless = jobs.submit(new Report("d", 3), JobOptions.attempts(1));
        JobId good = jobs.submit(new Report("c", 2));

        assertThat(jobs.await(error, SOON).error()).contains("StackOverflowError: too deep");
        assertThat(jobs.await(endless, SOON).error())
                .startsWith("java.lang.IllegalStateException: long long")
                .hasSize(2_000);
        assertThat(jobs.await(mute, SOON).state()).isEqualTo(JobState.FAILED);
        assertThat(jobs.await(good, SOON).state()).isEqualTo(JobState.SUCCEEDED);
    }

    @Test
    void handler_thatNeverReturns_failsAndHoldsNoWorker() {
        JobQueue jobs = open(new Setup().workers(1).maximumRunTime(Duration.ofMillis(150)), (report, job) -> {
            if (report.part() == 0) {
                spinUntil(gate);
                job.result("too late");
            }
        });
        JobId hung = jobs.submit(new Report("a", 0), JobOptions.attempts(1));
        JobId good = jobs.submit(new Report("b", 1));

        assertThat(jobs.await(good, SOON).state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(jobs.await(hung, SOON).error()).contains("longer than maximumRunTime, PT0.15S");
        assertThat(jobs.stats().stuckHandlers()).isOne();
        gate.countDown();
        await().atMost(SOON).until(() -> jobs.stats().stuckHandlers() == 0);
        assertThat(jobs.status(hung).state()).isEqualTo(JobState.FAILED);
        assertThat(jobs.status(hung).result(String.class)).isNull();
    }

    @Test
    void cancel_ofAWaitingJob_neverRunsIt() {
        Set<Integer> ran = ConcurrentHashMap.newKeySet();
        JobQueue jobs = open(new Setup().workers(1), (report, job) -> {
            ran.add(report.part());
            gate.await();
        });
        JobId first = jobs.submit(new Report("a", 0));
        await().atMost(SOON).until(() -> jobs.status(first).state() == JobState.RUNNING);
        JobId waiting = jobs.submit(new Report("b", 1));

        assertThat(jobs.cancel(waiting)).isTrue();
        assertThat(jobs.status(waiting).state()).isEqualTo(JobState.CANCELLED);
        assertThat(jobs.status(waiting).isCancelRequested()).isTrue();
        gate.countDown();
        JobId last = jobs.submit(new Report("c", 2));
        assertThat(jobs.await(last, SOON).state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(ran).containsExactlyInAnyOrder(0, 2);
        assertThat(jobs.cancel(waiting)).isFalse();
    }

    @Test
    void cancel_ofARunningJob_interruptsItsHandler() {
        CountDownLatch interrupted = new CountDownLatch(1);
        JobQueue jobs = open(new Setup(), (report, job) -> {
            try {
                gate.await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                job.checkCancelled();
            }
        });
        JobId id = jobs.submit(REPORT);
        await().atMost(SOON).until(() -> jobs.status(id).state() == JobState.RUNNING);

        assertThat(jobs.cancel(id)).isTrue();
        assertThat(jobs.await(id, SOON).state()).isEqualTo(JobState.CANCELLED);
        assertThat(interrupted.getCount()).isZero();
        assertThat(jobs.stats().cancelled()).isOne();
        assertThat(jobs.stats().failedAttempts()).isZero();
    }

    @Test
    void cancel_ofAHandlerThatIgnoresIt_takesEffectAfterTheGrace() {
        JobQueue jobs = open(new Setup().workers(1).cancelGrace(Duration.ofMillis(100)), (report, job) -> {
            if (report.part() == 0) {
                spinUntil(gate);
            }
        });
        JobId deaf = jobs.submit(new Report("a", 0));
        await().atMost(SOON).until(() -> jobs.status(deaf).state() == JobState.RUNNING);
        jobs.cancel(deaf);

        JobStatus status = jobs.await(deaf, SOON);
        assertThat(status.state()).isEqualTo(JobState.CANCELLED);
        assertThat(status.error()).contains("still runs after cancelGrace");
        assertThat(jobs.await(jobs.submit(new Report("b", 1)), SOON).state()).isEqualTo(JobState.SUCCEEDED);
    }

    @Test
    void delay_isWaitedFor() {
        JobQueue jobs = open(new Setup(), (report, job) -> {});
        Duration delay = Duration.ofMillis(300);
        JobId id = jobs.submit(REPORT, JobOptions.defaults().delay(delay));

        JobStatus before = jobs.status(id);
        assertThat(before.state()).isEqualTo(JobState.QUEUED);
        assertThat(before.nextAttemptAt()).isEqualTo(before.submittedAt().plus(delay));
        Instant started = jobs.await(id, SOON).startedAt();
        assertThat(started)
                .isNotNull()
                .isAfterOrEqualTo(before.submittedAt().plus(delay).minusMillis(5));
    }

    @Test
    void priority_highest_runsFirst() {
        List<Integer> order = new CopyOnWriteArrayList<>();
        JobQueue jobs = open(new Setup().workers(1), (report, job) -> {
            order.add(report.part());
            if (report.part() == 0) {
                gate.await();
            }
        });
        JobId first = jobs.submit(new Report("a", 0));
        await().atMost(SOON).until(() -> jobs.status(first).state() == JobState.RUNNING);
        List<JobId> ids = new ArrayList<>();
        for (int priority : new int[] {1, 5, -3, 5}) {
            ids.add(jobs.submit(new Report("b", priority), JobOptions.defaults().priority(priority)));
        }
        gate.countDown();
        ids.forEach(id -> jobs.await(id, SOON));
        if (isStrictlyOrdered()) {
            assertThat(order).containsExactly(0, 5, 5, 1, -3);
        } else {
            // What was picked before the others came is not given back.
            assertThat(order.indexOf(5)).isLessThan(order.indexOf(-3));
        }
    }

    protected boolean isStrictlyOrdered() {
        return true;
    }

    @Test
    void key_ofALivingJob_answersItsId() {
        JobQueue jobs = open(new Setup(), (report, job) -> gate.await());
        JobOptions november = JobOptions.attempts(3).key("sales:2026-11");
        JobId id = jobs.submit(REPORT, november);

        assertThat(jobs.submit(new Report("sales", 7), november)).isEqualTo(id);
        assertThat(jobs.submit(REPORT, JobOptions.defaults().key("Sales:2026-11")))
                .isNotEqualTo(id);
        assertThat(jobs.submit(REPORT)).isNotEqualTo(id);
        assertThat(jobs.status(id).key()).isEqualTo("sales:2026-11");
        assertThatExceptionOfType(JobKeyConflictException.class)
                .isThrownBy(() -> jobs.submit(new Report("sales", 8), november))
                .withMessageContaining("sales:2026-11")
                .withMessageContaining(id.value());
        gate.countDown();
        jobs.await(id, SOON);
        assertThat(jobs.submit(REPORT, november)).as("within the window").isEqualTo(id);
    }

    @Test
    void key_whoseWindowHasPassed_isFree() {
        JobQueue jobs = open(new Setup().keyWindow(Duration.ZERO), (report, job) -> {
            if (report.part() == 0) {
                throw new PermanentJobException("broken");
            }
        });
        JobOptions key = JobOptions.defaults().key("k");
        JobId first = jobs.submit(new Report("a", 0), key);
        jobs.await(first, SOON);
        JobId second = jobs.submit(new Report("a", 1), key);

        assertThat(second).isNotEqualTo(first);
        assertThat(jobs.await(second, SOON).state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(jobs.retry(first)).as("its key belongs to another").isFalse();
        assertThat(jobs.status(first).state()).isEqualTo(JobState.FAILED);
    }

    @Test
    void key_submittedBy64Threads_isOneJob() throws Exception {
        JobQueue jobs = open(new Setup(), (report, job) -> {});
        ExecutorService threads = Executors.newFixedThreadPool(64);
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<JobId>> ids = new ArrayList<>();
            Callable<JobId> submit = () -> {
                start.await();
                return jobs.submit(REPORT, JobOptions.defaults().key("one"));
            };
            for (int i = 0; i < 64; i++) {
                ids.add(threads.submit(submit));
            }
            start.countDown();
            JobId id = ids.get(0).get();
            for (Future<JobId> each : ids) {
                assertThat(each.get()).isEqualTo(id);
            }
            assertThat(jobs.await(id, SOON).state()).isEqualTo(JobState.SUCCEEDED);
            assertThat(jobs.list(JobState.SUCCEEDED)).hasSize(1);
            assertThat(jobs.list(JobState.QUEUED)).isEmpty();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void unknownThings_areNamed() {
        JobQueue jobs = open(new Setup(), (report, job) -> {});
        JobId nobody = new JobId("nobody");

        assertThat(jobs.find(nobody)).isEmpty();
        assertThatExceptionOfType(JobNotFoundException.class)
                .isThrownBy(() -> jobs.status(nobody))
                .withMessageContaining("nobody");
        assertThatExceptionOfType(JobNotFoundException.class).isThrownBy(() -> jobs.cancel(nobody));
        assertThatExceptionOfType(JobNotFoundException.class).isThrownBy(() -> jobs.retry(nobody));
        assertThatExceptionOfType(JobNotFoundException.class).isThrownBy(() -> jobs.await(nobody, SOON));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> jobs.submit("text"))
                .withMessageContaining("java.lang.String")
                .withMessageContaining("Report/1");
        assertThatIllegalArgumentException().isThrownBy(() -> jobs.await(nobody, Duration.ofSeconds(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> jobs.list(JobState.FAILED, 0));
    }

    @Test
    void listener_thatThrows_changesNothingAndTheOthersAreTold() {
        List<JobStatus> told = new CopyOnWriteArrayList<>();
        JobListener broken = new JobListener() {
            @Override
            public void onFinished(JobStatus status) {
                throw new AssertionError("broken listener");
            }
        };
        JobQueue jobs = open(new Setup().listener(broken), (report, job) -> {});
        jobs.onFinished(told::add);
        JobId id = jobs.submit(REPORT);

        assertThat(jobs.await(id, SOON).state()).isEqualTo(JobState.SUCCEEDED);
        await().atMost(SOON).until(() -> told.size() == 1);
        assertThat(told.get(0).id()).isEqualTo(id);
        assertThat(told.get(0).state()).isEqualTo(JobState.SUCCEEDED);
    }

    @Test
    void await_ofAnInterruptedThread_failsAndKeepsTheInterrupt() throws Exception {
        JobQueue jobs = open(new Setup(), (report, job) -> gate.await());
        JobId id = jobs.submit(REPORT);
        CompletableFuture<Boolean> kept = new CompletableFuture<>();
        Thread waiting = new Thread(() -> {
            try {
                JobStatus ignored = jobs.await(id, Duration.ofMinutes(1));
                kept.complete(false);
            } catch (JobException e) {
                kept.complete(Thread.currentThread().isInterrupted());
            }
        });
        waiting.start();
        waiting.interrupt();
        assertThat(kept.get(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void stats_ofAQueue_countWhatWaitsAndWhatEnded() {
        JobQueue jobs = open(new Setup().workers(1), (report, job) -> gate.await());
        JobId running = jobs.submit(REPORT);
        await().atMost(SOON).until(() -> jobs.status(running).state() == JobState.RUNNING);
        JobId queued = jobs.submit(REPORT);
        jobs.submit(REPORT, JobOptions.defaults().delay(Duration.ofHours(1)));

        await().atMost(SOON).untilAsserted(() -> {
            JobQueueStats stats = jobs.stats();
            assertThat(List.of(stats.running(), stats.queued(), stats.delayed()))
                    .containsExactly(1L, 1L, 1L);
            assertThat(stats.oldestWait()).isPositive();
        });
        gate.countDown();
        jobs.await(queued, SOON);
        await().atMost(SOON).until(() -> jobs.stats().succeeded() == 2);
        assertThat(jobs.stats().attempts()).isEqualTo(2);
        assertThat(jobs.stats().runTime()).isPositive();
    }

    @Test
    void close_letsRunningJobsEndAndTakesNoMore() throws Exception {
        CountDownLatch stopping = new CountDownLatch(1);
        JobQueue jobs = open(new Setup(), (report, job) -> {
            while (!job.isStopping()) {
                LockSupport.parkNanos(1_000_000);
            }
            stopping.countDown();
            job.result("to the end");
        });
        JobId id = jobs.submit(REPORT);
        await().atMost(SOON).until(() -> jobs.status(id).state() == JobState.RUNNING);

        JobsCloseReport report = jobs.close(SOON);
        assertThat(report).isEqualTo(new JobsCloseReport(1, 0, 0));
        assertThat(stopping.getCount()).isZero();
        assertThat(jobs.status(id).result(String.class)).isEqualTo("to the end");
        assertThatExceptionOfType(JobRejectedException.class)
                .isThrownBy(() -> jobs.submit(REPORT))
                .withMessageContaining("is closed");
        jobs.close();
        assertThatIllegalArgumentException().isThrownBy(() -> jobs.close(Duration.ofSeconds(-1)));
    }

    @Test
    void close_withoutAnyLimit_waitsForWhatRuns() {
        JobQueue jobs = open(new Setup(), (report, job) -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20)));
        JobId id = jobs.submit(REPORT);
        await().atMost(SOON).until(() -> jobs.status(id).state() != JobState.QUEUED);
        assertThat(jobs.close(Duration.ofSeconds(Long.MAX_VALUE)).handedBack()).isZero();
        assertThat(jobs.status(id).state()).isEqualTo(JobState.SUCCEEDED);
    }

    @Test
    void submit_fromInsideAHandler_isTaken() {
        JobQueue[] self = new JobQueue[1];
        CompletableFuture<JobId> second = new CompletableFuture<>();
        JobQueue jobs = open(new Setup().workers(1), (report, job) -> {
            if (report.part() == 0) {
                second.complete(self[0].submit(new Report("b", 1)));
            }
        });
        self[0] = jobs;
        jobs.submit(new Report("a", 0));
        assertThat(jobs.await(second.join(), SOON).state()).isEqualTo(JobState.SUCCEEDED);
    }

    @Test
    void submit_ofAHandlerUnderItsOwnKey_isItsOwnJob() {
        JobQueue[] self = new JobQueue[1];
        CompletableFuture<JobId> again = new CompletableFuture<>();
        JobOptions key = JobOptions.attempts(1).key("own");
        JobQueue jobs = open(new Setup().workers(1), (report, job) -> again.complete(self[0].submit(report, key)));
        self[0] = jobs;
        JobId id = jobs.submit(REPORT, key);
        assertThat(jobs.await(id, SOON).state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(again.join()).isEqualTo(id);
    }
}

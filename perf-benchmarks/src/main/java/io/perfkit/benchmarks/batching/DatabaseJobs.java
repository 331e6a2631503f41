package io.perfkit.benchmarks.batching;

import static org.jobrunr.server.BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;
import io.perfkit.batching.jobs.db.DatabaseJobQueue;
import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import java.time.Instant;
import java.util.UUID;
import org.jobrunr.configuration.JobRunr;
import org.jobrunr.scheduling.JobScheduler;
import org.jobrunr.storage.sql.common.SqlStorageProviderFactory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * 500 jobs that do nothing, submitted one after the other and run by four workers of the same process, until the last has
 * run; and the time of one of them. db-scheduler keeps no status, result or reason of a job, and removes it when it has run.
 *
 * <p>JobRunr, for the record, looks for jobs every five seconds at most, so a wave begins with a wait.
 */
@Line("batching.db_jobs_per_second")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class DatabaseJobs {

    private static final int JOBS = 500;
    private static final int WORKERS = 4;

    private record Nothing(int number) {}

    @Benchmark
    @Side(Side.OURS)
    @OperationsPerInvocation(JOBS)
    public void ours(Ours ours) throws InterruptedException {
        ours.countdown.expect(JOBS);
        for (int i = 0; i < JOBS; i++) {
            ours.queue.submit(new Nothing(i));
        }
        ours.countdown.await();
    }

    @Benchmark
    @Side("db-scheduler")
    @OperationsPerInvocation(JOBS)
    public void dbScheduler(DbScheduler bare) throws InterruptedException {
        bare.countdown.expect(JOBS);
        for (int i = 0; i < JOBS; i++) {
            bare.scheduler.scheduleIfNotExists(
                    bare.task.instance(UUID.randomUUID().toString()), Instant.now());
        }
        bare.countdown.await();
    }

    @Benchmark
    @Side("jobrunr")
    @OperationsPerInvocation(JOBS)
    public void jobrunr(JobRunrServer server) throws InterruptedException {
        JobRunrServer.COUNTDOWN.expect(JOBS);
        for (int i = 0; i < JOBS; i++) {
            server.scheduler.enqueue(() -> JobRunrServer.job());
        }
        JobRunrServer.COUNTDOWN.await();
    }

    /** A queue on the database, with its defaults. */
    @State(Scope.Benchmark)
    public static class Ours {

        private final Countdown countdown = new Countdown();
        private HikariDataSource source;
        private DatabaseJobQueue queue;

        @Setup
        public void open() {
            source = BatchingDatabase.pool();
            queue = DatabaseJobQueue.on(source, "benchmark")
                    .handler(Nothing.class, (nothing, job) -> countdown.done())
                    .workers(WORKERS)
                    .build();
        }

        @TearDown
        public void close() {
            queue.close();
            source.close();
        }
    }

    /** db-scheduler, set up as it says for throughput on PostgreSQL, and for beginning at once. */
    @State(Scope.Benchmark)
    public static class DbScheduler {

        private final Countdown countdown = new Countdown();
        private final OneTimeTask<Void> task =
                Tasks.oneTime("nothing").execute((instance, context) -> countdown.done());
        private HikariDataSource source;
        private Scheduler scheduler;

        @Setup
        public void open() {
            source = BatchingDatabase.pool();
            scheduler = Scheduler.create(source, task)
                    .threads(WORKERS)
                    .pollUsingLockAndFetch(0.5, 4.0)
                    .enableImmediateExecution()
                    .build();
            scheduler.start();
        }

        @TearDown
        public void close() {
            scheduler.stop();
            source.close();
        }
    }

    /** JobRunr, which makes its tables itself. It keeps a job by the method that it calls, so what that needs is static. */
    @State(Scope.Benchmark)
    public static class JobRunrServer {

        private static final Countdown COUNTDOWN = new Countdown();
        private HikariDataSource source;
        private JobScheduler scheduler;

        /** The job. */
        public static void job() {
            COUNTDOWN.done();
        }

        @Setup
        public void open() {
            source = BatchingDatabase.pool();
            scheduler = JobRunr.configure()
                    .useStorageProvider(SqlStorageProviderFactory.using(source))
                    .useBackgroundJobServer(usingStandardBackgroundJobServerConfiguration()
                            .andWorkerCount(WORKERS)
                            .andPollIntervalInSeconds(5))
                    .initialize()
                    .getJobScheduler();
        }

        @TearDown
        public void close() {
            JobRunr.destroy();
            source.close();
        }
    }
}

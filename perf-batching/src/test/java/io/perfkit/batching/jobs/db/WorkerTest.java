package io.perfkit.batching.jobs.db;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.batching.jobs.JobHandler;
import io.perfkit.batching.jobs.JobId;
import io.perfkit.batching.jobs.JobOptions;
import io.perfkit.batching.jobs.JobState;
import io.perfkit.batching.jobs.JobStatus;
import io.perfkit.batching.jobs.Telling;
import io.perfkit.batching.jobs.internal.JobThreads;
import io.perfkit.batching.jobs.internal.JobTypes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a worker does when there is no thread for a handler. */
class WorkerTest {
    /** A payload. */
    record Report(int part) {}

    private final JdbcDataSource source = new JdbcDataSource();
    private final ScheduledThreadPoolExecutor timer = JobThreads.timer("worker-test", 1);
    private DatabaseJobQueue submitting;
    private Room room;

    @BeforeEach
    void open() {
        source.setURL("jdbc:h2:mem:worker" + System.identityHashCode(this) + ";DB_CLOSE_DELAY=-1");
        DatabaseJobQueue.createTables(source);
        submitting = DatabaseJobQueue.on(source, "reports")
                .type("Report", 1, Report.class)
                .workers(0)
                .build();
        Connections connections = new Connections(source);
        Json json = new Json(null, 1_000);
        DatabaseClock clock = new DatabaseClock(connections, Dialect.H2);
        JobRows rows = new JobRows("reports", Dialect.H2, json, clock::millis);
        room = new Room(
                "reports",
                "1-test",
                connections,
                rows,
                json,
                clock,
                new Ends(connections, rows, new Telling(List.of())));
    }

    @AfterEach
    void close() {
        submitting.close();
        timer.shutdownNow();
    }

    private void run(Worker worker, JobId id) {
        JobHandler<Object> handler = (report, job) -> {};
        // Of a job that has ended, nothing is asked of db-scheduler: neither of the two is looked at.
        worker.execute(new JobTypes.Entry<>("Report", 1, Report.class, handler), id.value())
                .complete(null, null);
    }

    private Worker worker(Error error) {
        ThreadPoolExecutor handlers =
                new ThreadPoolExecutor(0, 1, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    throw error;
                });
        return worker(handlers);
    }

    private Worker worker(ThreadPoolExecutor handlers) {
        return new Worker(
                room,
                new Revival(room),
                new Worker.Limits(Duration.ofMinutes(1), Duration.ofSeconds(1)),
                handlers,
                timer);
    }

    @Test
    void handler_thatNoThreadCanBeHadFor_failsAndHoldsNothing() {
        JobId id = submitting.submit(new Report(1), JobOptions.attempts(1));
        Worker worker = worker(new InternalError("unable to create native thread"));
        run(worker, id);
        JobStatus status = submitting.status(id);
        assertThat(status.state()).isEqualTo(JobState.FAILED);
        assertThat(status.error()).contains("InternalError: unable to create native thread");
        assertThat(worker.attempts()).isEmpty();
        assertThat(room.ends().telling.tally().stuck).hasValue(0);
    }

    @Test
    void handler_whoseThreadsHaveBeenShutDown_failsAndHoldsNothing() {
        JobId id = submitting.submit(new Report(1), JobOptions.attempts(1));
        ThreadPoolExecutor handlers = JobThreads.cached("worker-test");
        handlers.shutdown();
        Worker worker = worker(handlers);
        run(worker, id);
        assertThat(submitting.status(id).error()).contains(RejectedExecutionException.class.getSimpleName());
        assertThat(worker.attempts()).isEmpty();
    }
}

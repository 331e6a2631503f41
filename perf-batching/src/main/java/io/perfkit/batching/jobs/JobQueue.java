package io.perfkit.batching.jobs;

import io.perfkit.batching.jobs.internal.Messages;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Takes work that should not block a request, answers an id at once, and knows how far it is.
 *
 * <pre>{@code
 * JobQueue jobs = JobQueue.inMemory("reports")
 *         .handler(SalesReport.class, (report, job) -> job.result(create(report)))
 *         .build();
 * JobId id = jobs.submit(new SalesReport(2026, 11));
 * JobStatus status = jobs.status(id);
 * }</pre>
 *
 * <p>Thread-safe. Jobs are begun by priority, then by the time they are due; several run at once, so they may end in
 * another order.
 */
public interface JobQueue extends AutoCloseable {

    /**
     * Begins a queue whose jobs live in this process and end with it. Nothing else is needed.
     *
     * @param name names the queue in messages, threads and meters
     */
    static InMemoryJobQueue.Builder inMemory(String name) {
        return InMemoryJobQueue.builder(name);
    }

    /** As {@link #submit(Object, JobOptions)} with {@link JobOptions#defaults()}. */
    default JobId submit(Object payload) {
        return submit(payload, JobOptions.defaults());
    }

    /**
     * Takes a job.
     *
     * @param payload of a type that was registered
     * @param options how it is to be treated
     * @return its id, or that of the job that has the same key
     * @throws IllegalArgumentException if the type is not registered, or the payload cannot be kept
     * @throws JobRejectedException if the queue is full or closed
     * @throws JobKeyConflictException if another payload has the key
     */
    JobId submit(Object payload, JobOptions options);

    /** What is known of a job; empty if there is none with this id. */
    Optional<JobStatus> find(JobId id);

    /**
     * What is known of a job.
     *
     * @throws JobNotFoundException if there is none with this id
     */
    default JobStatus status(JobId id) {
        return find(id).orElseThrow(() -> new JobNotFoundException(Messages.noJob(this, id)));
    }

    /**
     * Waits until a job has ended, at most so long, and answers what is known of it then: ask
     * {@link JobStatus#isFinished()}.
     *
     * @throws JobNotFoundException if there is none with this id
     * @throws JobException if the thread is interrupted; its interrupt status is set again
     */
    JobStatus await(JobId id, Duration timeout);

    /** The 100 newest jobs in a state, the newest first. */
    default List<JobStatus> list(JobState state) {
        return list(state, 100);
    }

    /**
     * The newest jobs in a state, the newest first.
     *
     * @param maximumJobs how many at most, from 1 to 10,000
     */
    List<JobStatus> list(JobState state, int maximumJobs);

    /**
     * Cancels a job. One that waits is cancelled at once. The handler of one that runs is told and interrupted; the job is
     * cancelled when the handler throws, or when it still runs after the queue's {@code cancelGrace}. If it returns
     * normally, the job has succeeded.
     *
     * @return false if the job has already ended
     * @throws JobNotFoundException if there is none with this id
     */
    boolean cancel(JobId id);

    /**
     * Runs a job that has failed or was cancelled again, with as many attempts as at first.
     *
     * @return false if it has neither failed nor been cancelled, or if its key now belongs to another job
     * @throws JobNotFoundException if there is none with this id
     */
    boolean retry(JobId id);

    /** Is told of each job that reaches its final state in this process, as {@link JobListener#onFinished}. */
    void onFinished(Consumer<? super JobStatus> listener);

    /** The figures. Takes a query over the jobs that have not ended where they are in a database. */
    JobQueueStats stats();

    /** As {@link #close(Duration)} with 30 seconds. Does nothing if the queue is closed. */
    @Override
    void close();

    /**
     * Takes no more jobs, begins none, and lets those that run end. Those that have not ended by then are interrupted and
     * handed back: they are run again, elsewhere or after a restart, and the attempt does not count.
     *
     * @param timeout how long to wait, not negative
     */
    JobsCloseReport close(Duration timeout);
}

package io.perfkit.batching.jobs;

import io.perfkit.batching.jobs.internal.Reasons;
import io.perfkit.batching.jobs.internal.Tally;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what happens to jobs in this process and tells listeners, and keeps what they throw from everybody else. For
 * queues of this artifact; thread-safe.
 */
public final class Telling {
    private static final Logger LOG = LoggerFactory.getLogger(Telling.class);

    private final Tally tally = new Tally();
    private final List<JobListener> listeners;

    /** Tells these, and those that are added later. */
    public Telling(List<JobListener> listeners) {
        this.listeners = new CopyOnWriteArrayList<>(listeners);
    }

    /** Adds one that wants to know of ends only. */
    public void add(Consumer<? super JobStatus> onFinished) {
        listeners.add(new JobListener() {
            @Override
            public void onFinished(JobStatus status) {
                onFinished.accept(status);
            }
        });
    }

    /** Whether there is anybody to tell. */
    public boolean hasListeners() {
        return !listeners.isEmpty();
    }

    /** What was counted. */
    public Tally tally() {
        return tally;
    }

    /** What was counted, and what the queue is like now. */
    public JobQueueStats stats(long queued, long delayed, long running, Duration oldestWait) {
        return new JobQueueStats(
                queued,
                delayed,
                running,
                oldestWait,
                tally.attempts.sum(),
                tally.failedAttempts.sum(),
                tally.succeeded.sum(),
                tally.failed.sum(),
                tally.cancelled.sum(),
                tally.deadWorkers.sum(),
                tally.stuck.get(),
                Duration.ofNanos(tally.runNanos.sum()));
    }

    /** An attempt has ended, in whichever way. */
    public void attemptEnded(long nanos) {
        tally.attempts.increment();
        tally.runNanos.add(nanos);
    }

    /** Counts it; see {@link JobListener#onAttemptFailed}. */
    public void attemptFailed(JobId id, int attempt, Throwable failure) {
        tally.failedAttempts.increment();
        try {
            LOG.debug("Attempt {} at job {} failed", attempt, id, failure);
        } catch (Throwable e) {
            // An exception whose own methods throw breaks the log, and must not break a worker.
            LOG.debug("Attempt {} at job {} failed: {}", attempt, id, Reasons.of(failure));
        }
        each(listener -> listener.onAttemptFailed(id, attempt, failure));
    }

    /** Counts a job that has reached a final state. */
    public void ended(JobState state) {
        (switch (state) {
                    case SUCCEEDED -> tally.succeeded;
                    case FAILED -> tally.failed;
                    default -> tally.cancelled;
                })
                .increment();
    }

    /** See {@link JobListener#onFinished}. */
    public void finished(JobStatus status) {
        each(listener -> listener.onFinished(status));
    }

    /** Counts it; see {@link JobListener#onWorkerDied}. */
    public void workerDied(JobId id) {
        tally.deadWorkers.increment();
        each(listener -> listener.onWorkerDied(id));
    }

    private void each(Consumer<JobListener> call) {
        for (JobListener listener : listeners) {
            try {
                call.accept(listener);
            } catch (Throwable e) {
                LOG.warn("A listener of jobs failed: {}", Reasons.of(e));
            }
        }
    }
}

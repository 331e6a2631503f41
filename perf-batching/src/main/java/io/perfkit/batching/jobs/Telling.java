package io.perfkit.batching.jobs;

import io.perfkit.batching.jobs.internal.Reasons;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners, and keeps what they throw from everybody else. For queues of this artifact; thread-safe. */
public final class Telling {
    private static final Logger LOG = LoggerFactory.getLogger(Telling.class);

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

    /** See {@link JobListener#onAttemptFailed}. */
    public void attemptFailed(JobId id, int attempt, Throwable failure) {
        try {
            LOG.debug("Attempt {} at job {} failed", attempt, id, failure);
        } catch (Throwable e) {
            // An exception whose own methods throw breaks the log, and must not break a worker.
            LOG.debug("Attempt {} at job {} failed: {}", attempt, id, Reasons.of(failure));
        }
        each(listener -> listener.onAttemptFailed(id, attempt, failure));
    }

    /** See {@link JobListener#onFinished}. */
    public void finished(JobStatus status) {
        each(listener -> listener.onFinished(status));
    }

    /** See {@link JobListener#onWorkerDied}. */
    public void workerDied(JobId id) {
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

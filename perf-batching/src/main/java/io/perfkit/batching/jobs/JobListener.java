package io.perfkit.batching.jobs;

/**
 * Told of what happens in this process, in the thread in which it happens; it should be quick. What it throws is logged and
 * has no other effect.
 */
public interface JobListener {
    /**
     * An attempt has failed; another follows, or {@link #onFinished}.
     *
     * @param id the job
     * @param attempt which attempt, from 1
     * @param failure why
     */
    default void onAttemptFailed(JobId id, int attempt, Throwable failure) {}

    /**
     * A job has reached its final state here. Where a worker dies just after, nobody is told: what must not be missed
     * belongs into the handler.
     */
    default void onFinished(JobStatus status) {}

    /** A worker of another process, or of this one, has died over a job, which is taken up again or has failed. */
    default void onWorkerDied(JobId id) {}
}

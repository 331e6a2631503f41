package io.perfkit.batching.jobs;

import org.jspecify.annotations.Nullable;

/** What a handler knows of its job, and tells about it. Thread-safe; of no effect once the attempt is over. */
public interface JobContext {
    /** The job's identity: the key under which effects outside are written. The same in every attempt. */
    JobId id();

    /** Which attempt this is, from 1. */
    int attempt();

    /** How many there may be. */
    int maximumAttempts();

    /**
     * Tells how far the job is. Cheap: called as often as one likes, written now and then.
     *
     * @param fraction from 0 to 1
     */
    void progress(double fraction);

    /**
     * Tells how far the job is.
     *
     * @param done parts that are done
     * @param all parts in all, at least 1
     */
    default void progress(long done, long all) {
        if (all < 1) {
            throw new IllegalArgumentException("all must be at least 1, but was " + all);
        }
        if (done < 0 || done > all) {
            throw new IllegalArgumentException("done must be from 0 to " + all + ", but was " + done);
        }
        progress((double) done / all);
    }

    /**
     * What {@link JobStatus#result} will answer if the attempt succeeds; the last one counts. A queue that keeps jobs as
     * JSON converts it now.
     *
     * @throws IllegalArgumentException if it cannot be kept: it is no JSON, or too large
     */
    void result(@Nullable Object result);

    /** Whether the job has been cancelled, or given to another worker because this one seemed dead. */
    boolean isCancelled();

    /**
     * A place at which the handler may be ended.
     *
     * @throws JobCancelledException if {@link #isCancelled()}; let it through
     */
    default void checkCancelled() {
        if (isCancelled()) {
            throw new JobCancelledException("Job " + id() + " has been cancelled");
        }
    }

    /**
     * Whether the queue is being closed. A handler that throws then hands its job back: it is run again, elsewhere or
     * after a restart, and the attempt does not count.
     */
    boolean isStopping();
}

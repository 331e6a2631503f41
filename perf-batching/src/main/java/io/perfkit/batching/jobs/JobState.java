package io.perfkit.batching.jobs;

/** Where a job is in its life. */
public enum JobState {
    /** Waits for a worker, or for its delay to pass. */
    QUEUED,
    /** A worker has it. */
    RUNNING,
    /** An attempt failed, or its worker died; waits for the next one. */
    RETRYING,
    /** Its handler returned. Final. */
    SUCCEEDED,
    /** Its last attempt failed. Final, until {@link JobQueue#retry}. */
    FAILED,
    /** Cancelled before or while it ran. Final, until {@link JobQueue#retry}. */
    CANCELLED;

    /** Whether nothing more happens to the job by itself. */
    public boolean isFinal() {
        return this == SUCCEEDED || this == FAILED || this == CANCELLED;
    }
}

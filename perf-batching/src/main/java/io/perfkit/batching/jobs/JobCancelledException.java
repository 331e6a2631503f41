package io.perfkit.batching.jobs;

import org.jspecify.annotations.Nullable;

/** Thrown by {@link JobContext#checkCancelled} to end a handler whose job has been cancelled. */
public class JobCancelledException extends JobException {
    private static final long serialVersionUID = 1L;

    /** With a message. */
    public JobCancelledException(String message) {
        this(message, null);
    }

    /** With a message and a cause. */
    public JobCancelledException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

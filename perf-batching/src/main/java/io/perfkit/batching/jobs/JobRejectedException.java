package io.perfkit.batching.jobs;

import org.jspecify.annotations.Nullable;

/** A job was not accepted, because the queue is full or closed. */
public class JobRejectedException extends JobException {
    private static final long serialVersionUID = 1L;

    /** With a message. */
    public JobRejectedException(String message) {
        this(message, null);
    }

    /** With a message and a cause. */
    public JobRejectedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

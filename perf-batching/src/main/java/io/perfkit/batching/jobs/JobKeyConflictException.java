package io.perfkit.batching.jobs;

import org.jspecify.annotations.Nullable;

/** Another job has this key, with another payload. */
public class JobKeyConflictException extends JobException {
    private static final long serialVersionUID = 1L;

    /** With a message. */
    public JobKeyConflictException(String message) {
        this(message, null);
    }

    /** With a message and a cause. */
    public JobKeyConflictException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

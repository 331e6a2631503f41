package io.perfkit.batching.jobs;

import org.jspecify.annotations.Nullable;

/** There is no such job: it never was, or its retention has passed. */
public class JobNotFoundException extends JobException {
    private static final long serialVersionUID = 1L;

    /** With a message. */
    public JobNotFoundException(String message) {
        this(message, null);
    }

    /** With a message and a cause. */
    public JobNotFoundException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

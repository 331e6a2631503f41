package io.perfkit.batching.jobs;

import io.perfkit.batching.BatchingException;
import org.jspecify.annotations.Nullable;

/** The root of what job queues throw. */
public class JobException extends BatchingException {
    private static final long serialVersionUID = 1L;

    /** With a message. */
    public JobException(String message) {
        this(message, null);
    }

    /** With a message and a cause. */
    public JobException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

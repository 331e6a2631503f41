package io.perfkit.batching.jobs;

import org.jspecify.annotations.Nullable;

/** Thrown by a handler: the job has failed, and another attempt would be in vain. */
public class PermanentJobException extends JobException {
    private static final long serialVersionUID = 1L;

    /** With a message. */
    public PermanentJobException(String message) {
        this(message, null);
    }

    /** With a message and a cause. */
    public PermanentJobException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

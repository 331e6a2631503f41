package io.perfkit.batching.jobs;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Another job has this key, with another payload. */
public class JobKeyConflictException extends JobException {
    private static final long serialVersionUID = 1L;

    /** With a message. */
    public JobKeyConflictException(String message) {
        this(message, null);
    }

    /** The key belongs to this job, and does so until so long after its end. */
    public static JobKeyConflictException of(String queue, String key, JobId holder, Duration keyWindow) {
        return new JobKeyConflictException("Key \"" + key + "\" belongs to job " + holder + " of " + queue
                + ", which has another payload; use another key, or wait until keyWindow, " + keyWindow
                + ", has passed after its end");
    }

    /** With a message and a cause. */
    public JobKeyConflictException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

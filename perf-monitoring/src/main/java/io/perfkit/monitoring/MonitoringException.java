package io.perfkit.monitoring;

import org.jspecify.annotations.Nullable;

/** The root of what perf-monitoring throws of its own. It never wraps an exception of the code that is measured. */
public class MonitoringException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception.
     *
     * @param message what happened, to which instance, and what to do
     */
    public MonitoringException(String message) {
        this(message, null);
    }

    /**
     * Makes an exception with a cause.
     *
     * @param message what happened, to which instance, and what to do
     * @param cause what led to it
     */
    public MonitoringException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

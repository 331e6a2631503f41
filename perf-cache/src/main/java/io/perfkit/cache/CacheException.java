package io.perfkit.cache;

import org.jspecify.annotations.Nullable;

/** The root of every exception that perf-cache itself raises. What a loader throws is not one of them. */
public class CacheException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message what happened, to which region or key, and what to do about it */
    public CacheException(String message) {
        super(message);
    }

    /**
     * @param message what happened, to which region or key, and what to do about it
     * @param cause what brought it about
     */
    public CacheException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

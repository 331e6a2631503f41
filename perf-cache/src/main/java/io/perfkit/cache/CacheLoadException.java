package io.perfkit.cache;

/**
 * A loader threw a checked exception, which is the {@linkplain #getCause() cause}. Unchecked exceptions and errors of a
 * loader reach the callers as they are.
 */
public final class CacheLoadException extends CacheException {

    private static final long serialVersionUID = 1L;

    CacheLoadException(String message, Throwable cause) {
        super(message, cause);
    }
}

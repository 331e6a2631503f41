package io.perfkit.cache;

/**
 * A loader asked, directly or through the loaders of other threads, for the key that it is itself loading. Waiting
 * would never end, so the call is refused.
 */
public final class RecursiveLoadException extends CacheException {

    private static final long serialVersionUID = 1L;

    RecursiveLoadException(String message) {
        super(message);
    }
}

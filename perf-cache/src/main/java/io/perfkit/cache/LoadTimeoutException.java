package io.perfkit.cache;

/**
 * A load took longer than the policy's hard {@link CachePolicy.Builder#loadTimeout}. The load goes on, and stores its
 * value when it ends.
 */
public final class LoadTimeoutException extends CacheException {

    private static final long serialVersionUID = 1L;

    LoadTimeoutException(String message) {
        super(message);
    }
}

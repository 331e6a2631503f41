package io.perfkit.cache;

import io.perfkit.cache.internal.Envelope;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * Whether a load failed because its thread was interrupted, which is the affair of one caller and says nothing about the
 * value: those who wait with it try again.
 */
final class Interruption {

    /** A cause may be its own cause in a circle. */
    private static final int MAXIMUM_CHAIN = 20;

    private Interruption() {}

    /** Also where the loader wrapped the exception, or ran into another one because of the flag. */
    static boolean isIn(Throwable failure) {
        return Thread.currentThread().isInterrupted() || isCause(withoutEnvelope(failure));
    }

    /** Sets the flag again that the exception, thrown on this thread, has cleared. */
    static void keepFlag(Throwable failure) {
        if (isCause(failure)) {
            Thread.currentThread().interrupt();
        }
    }

    /** What a stage that depends on another one puts around a failure. */
    static Throwable withoutEnvelope(Throwable failure) {
        return Envelope.cause(failure);
    }

    /** What was thrown on another thread, whose result this one asked for, was not meant for this one. */
    private static boolean isCause(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < MAXIMUM_CHAIN; i++) {
            if (cause instanceof InterruptedException) {
                return true;
            }
            if (cause instanceof ExecutionException || cause instanceof CompletionException) {
                return false;
            }
            cause = cause.getCause();
        }
        return false;
    }
}

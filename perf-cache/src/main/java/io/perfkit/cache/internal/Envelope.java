package io.perfkit.cache.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A failure that passes from one {@link CompletableFuture} to those that depend on it travels in a
 * {@link CompletionException} that the JDK makes. It is no part of what the loader threw, and nobody else would see it
 * who gets the same failure without a dependent stage.
 */
public final class Envelope {

    private Envelope() {}

    /**
     * The failure of a stage without the envelope that the JDK put around it. A {@link CompletionException} that
     * somebody else made stays as it is, which its stack trace tells: also one that {@code join} threw to a loader,
     * because the loader let it pass.
     */
    public static Throwable opened(Throwable failure) {
        Throwable inside = failure.getCause();
        return failure.getClass() == CompletionException.class && inside != null && isOfAStage(failure)
                ? inside
                : failure;
    }

    /**
     * What is in a {@link CompletionException}, whoever made it: where only the kind of a failure counts.
     *
     * @param failure any failure
     * @return its cause if it is such an envelope, else the failure itself
     */
    public static Throwable cause(Throwable failure) {
        Throwable inside = failure.getCause();
        return failure instanceof CompletionException && inside != null ? inside : failure;
    }

    private static boolean isOfAStage(Throwable failure) {
        for (StackTraceElement frame : failure.getStackTrace()) {
            if (!frame.getClassName().equals(CompletableFuture.class.getName())) {
                return false;
            }
            if (frame.getMethodName().startsWith("encode")) {
                return true;
            }
            // Newer platforms make it in a method of its own, which join uses, too.
            if (!frame.getMethodName().startsWith("wrap")) {
                return false;
            }
        }
        return false;
    }
}

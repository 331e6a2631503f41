package io.perfkit.cache.internal;

import java.util.concurrent.CompletableFuture;

/** What the JDK leaves to be written. */
public final class Futures {

    private Futures() {}

    /**
     * Completes a future as another one does. It does not depend on it: the failure arrives without an envelope, and to
     * cancel one of the two leaves the other alone.
     *
     * @param from the future that somebody completes
     * @param to the one to be completed in the same way
     * @param <T> the type of the value
     */
    public static <T> void forward(CompletableFuture<T> from, CompletableFuture<T> to) {
        var unused = from.whenComplete((value, failure) -> {
            if (failure == null) {
                to.complete(value);
            } else {
                to.completeExceptionally(failure);
            }
        });
    }
}

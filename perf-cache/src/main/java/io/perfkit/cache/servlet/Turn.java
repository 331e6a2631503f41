package io.perfkit.cache.servlet;

import io.perfkit.cache.LoadContext;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One request's part in the single flight of its key. The region calls {@link #load} if it is this request that is to
 * produce the response, on whatever thread; the request's own thread, which waits for that or for somebody else's
 * response, then runs the application. Others learn the outcome when it is known, which for a response that is not kept
 * is long before it has been sent.
 */
final class Turn {

    /** A response that somebody else produced; null where there is none that others may have. */
    record Outcome(boolean mine, @Nullable CachedResponse response) {}

    private final CompletableFuture<Outcome> begin = new CompletableFuture<>();
    private final CompletableFuture<@Nullable CachedResponse> produced = new CompletableFuture<>();
    private @Nullable LoadContext<CachedResponse> context;

    /** The region's loader. A request that no longer waits is not made to produce anything. */
    CompletionStage<CachedResponse> load(LoadContext<CachedResponse> loading) {
        synchronized (this) {
            context = loading;
        }
        if (!begin.complete(new Outcome(true, null))) {
            refuse();
        }
        return produced.thenApply(Turn::orNull);
    }

    /** Waits for the turn to produce, or for what somebody else produced: null where that failed or took too long. */
    Outcome await(CompletableFuture<CachedResponse> others, Duration longest) {
        var unused = others.whenComplete((response, failure) -> begin.complete(new Outcome(false, response)));
        try {
            return begin.get(longest.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            // It is the application's turn then.
        } catch (ExecutionException e) {
            throw new IllegalStateException("Nothing completes it so", e);
        }
        begin.complete(new Outcome(false, null));
        return begin.join();
    }

    synchronized void keep(CachedResponse response, Duration ttl) {
        if (context != null && !produced.isDone()) {
            context.ttl(ttl);
            produced.complete(response);
        }
    }

    synchronized void refuse() {
        if (context != null && !produced.isDone()) {
            context.doNotStore();
            produced.complete(null);
        }
    }

    void fail(Throwable failure) {
        produced.completeExceptionally(failure);
    }

    /** Null means that nothing is kept, which the context has been told. */
    @SuppressWarnings("NullAway")
    private static CachedResponse orNull(@Nullable CachedResponse response) {
        return response;
    }
}

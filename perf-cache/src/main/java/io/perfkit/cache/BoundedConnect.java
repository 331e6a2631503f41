package io.perfkit.cache;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Opens connections with a time limit of our own. A client may wait a minute for the greeting of a server that accepts
 * connections and says nothing, and meanwhile the server may be well again. So each attempt has a thread, which ends
 * when the client gives up; a connection that comes after its time is closed.
 */
final class BoundedConnect {

    private final String thread;

    BoundedConnect(String cache) {
        this.thread = "perfkit-cache-connect-" + cache;
    }

    <C extends AutoCloseable> C open(Supplier<C> connector, Duration timeout) throws Exception {
        CompletableFuture<C> result = new CompletableFuture<>();
        Thread attempt = new Thread(() -> attempt(connector, result), thread);
        attempt.setDaemon(true);
        attempt.start();
        try {
            return result.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } catch (TimeoutException e) {
            TimeoutException readable = new TimeoutException("no connection within " + timeout.toMillis() + " ms");
            if (result.completeExceptionally(readable)) {
                throw readable;
            }
            return result.get();
        } catch (InterruptedException e) {
            if (result.completeExceptionally(e)) {
                throw e;
            }
            return result.get();
        }
    }

    private static <C extends AutoCloseable> void attempt(Supplier<C> connector, CompletableFuture<C> result) {
        try {
            C connection = connector.get();
            if (!result.complete(connection)) {
                connection.close();
            }
        } catch (Exception | LinkageError e) {
            result.completeExceptionally(e);
        }
    }
}

package io.perfkit.connections;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Says on whose behalf the calling thread works, for limits per owner: a tenant, a user, a kind of job.
 *
 * <p>Implementations must be safe for use by any number of threads, quick, and must not throw. Owners are compared with
 * {@code equals}.
 */
@FunctionalInterface
public interface Owner {
    /**
     * The owner that the calling thread works for.
     *
     * @return null if there is none; all work without an owner counts as one owner's
     */
    @Nullable
    String current();

    /**
     * Takes the owner from SLF4J's mapped diagnostic context.
     *
     * @param key the key under which the context holds the owner
     * @return an owner that reads the calling thread's context
     */
    static Owner fromMdc(String key) {
        Objects.requireNonNull(key, "key");
        return () -> MDC.get(key);
    }
}

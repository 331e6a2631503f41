package io.perfkit.cache;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** What goes wrong when a region loads, in words: what callers get to see, and what is logged where nobody waits. */
final class LoadErrors {

    private final String region;
    private final FailureLog log;
    private final boolean cachesNull;
    private final CachePolicy policy;

    LoadErrors(RegionParts<?> parts) {
        this.region = parts.name();
        this.log = parts.failures();
        this.policy = parts.policy();
        this.cachesNull = policy.nullTtl().isPresent();
    }

    /** What a caller gets to see of a loader's failure: unchecked ones as they are, checked ones wrapped once. */
    Throwable asSeen(String key, Throwable failure) {
        return failure instanceof RuntimeException || failure instanceof Error
                ? failure
                : new CacheLoadException(
                        "The loader of key '" + key + "' of region '" + region + "' failed: " + failure, failure);
    }

    /** Throws where a loader returned null and absence is not cached. */
    void checkNull(String key, @Nullable Object value, LoadContext<?> context) {
        if (value == null && !cachesNull && context.stored()) {
            throw new CacheException("The loader of key '" + key + "' of region '" + region
                    + "' returned null: set the policy's nullTtl to cache absence, or return a value that stands for it, "
                    + "such as Optional.empty()");
        }
    }

    CacheException noStage(String key) {
        return new CacheException("The loader of key '" + key + "' of region '" + region
                + "' returned null instead of a stage: return a completed stage");
    }

    CacheException noMap() {
        return new CacheException("The bulk loader of region '" + region
                + "' returned null: return a map, without the keys that have no value");
    }

    RecursiveLoadException recursive(String key) {
        return new RecursiveLoadException(
                "The loader of key '" + key + "' of region '" + region + "' asks for the key that it is loading");
    }

    LoadTimeoutException late(String keys) {
        return new LoadTimeoutException("The load of key '" + keys + "' of region '" + region + "' took longer than "
                + policy.hardLoadTimeout().orElseThrow()
                + ", the hard loadTimeout of its policy. It goes on, and stores "
                + "its value when it ends");
    }

    /** Sets the thread's flag, too. */
    CacheException interrupted(String keys, @Nullable InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new CacheException(
                "Interrupted while waiting for another node's load of key '" + keys + "' of region '" + region + "'",
                cause == null ? new InterruptedException() : cause);
    }

    /** Keys as they stand in a message. */
    static String several(Collection<String> keys) {
        String first = keys.isEmpty() ? "" : keys.iterator().next();
        return keys.size() < 2 ? first : first + " and " + (keys.size() - 1) + " more";
    }

    void staleIsServed(Throwable failure) {
        log.failed("a load of region '" + region + "' failed; the stale value is served on", failure);
    }

    void refreshFailed(Throwable failure) {
        log.failed("a refresh of region '" + region + "' failed; the stale value is served on", failure);
    }

    void refreshesFailed(Throwable failure) {
        log.failed("a refresh of region '" + region + "' failed; stale values are served on", failure);
    }

    void loadFoundNoThread(Throwable failure) {
        log.failed("a load of region '" + region + "' found no thread, and runs on its caller's", failure);
    }

    void refreshFoundNoThread(Throwable failure) {
        log.failed("a refresh of region '" + region + "' found no thread", failure);
    }

    void hasNoEncoding(Throwable failure) {
        log.failed("a value of region '" + region + "' has no encoding and weighs nothing", failure);
    }
}

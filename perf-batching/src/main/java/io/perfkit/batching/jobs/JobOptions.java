package io.perfkit.batching.jobs;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How one job is to be treated. Immutable; a method that takes something answers a changed copy.
 *
 * <pre>{@code
 * JobOptions.attempts(5).backoff(exponential(ofSeconds(2))).key("sales:2026-11")
 * }</pre>
 */
public sealed interface JobOptions permits Options {

    /** Three attempts, an exponential backoff from two seconds on, no delay, priority 0, no key. */
    static JobOptions defaults() {
        return Options.DEFAULTS;
    }

    /**
     * The defaults with another number of attempts.
     *
     * @param maximum how often a job may be begun, at least 1; the death of a worker counts
     */
    static JobOptions attempts(int maximum) {
        return Options.DEFAULTS.maximumAttempts(maximum);
    }

    /** How often a job may be begun, at least 1; the death of a worker counts. */
    JobOptions maximumAttempts(int maximum);

    /** How long to wait between attempts. */
    JobOptions backoff(Backoff backoff);

    /** How long the job waits before it may be begun for the first time. */
    JobOptions delay(Duration delay);

    /** Of the jobs that are due, those with the highest priority are begun first. From -1000 to 1000; default 0. */
    JobOptions priority(int priority);

    /**
     * What makes two submissions one: while a job with this key lives, and for the queue's {@code keyWindow} after its
     * end, another submission answers its id. With another payload it is a {@link JobKeyConflictException}.
     *
     * @param key 1 to 200 characters; compared exactly; no control characters, nor half a surrogate pair
     */
    JobOptions key(String key);

    /** See {@link #maximumAttempts(int)}. */
    int maximumAttempts();

    /** See {@link #backoff(Backoff)}. */
    Backoff backoff();

    /** See {@link #delay(Duration)}. */
    Duration delay();

    /** See {@link #priority(int)}. */
    int priority();

    /** See {@link #key(String)}; null if there is none. */
    @Nullable
    String key();
}

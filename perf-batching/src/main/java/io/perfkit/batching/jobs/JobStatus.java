package io.perfkit.batching.jobs;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What was known of a job at one moment. Immutable. */
public interface JobStatus {
    /** The job's identity. */
    JobId id();

    /** The name of its type. */
    String type();

    /** Where it is in its life. */
    JobState state();

    /** How far the current or last attempt came, from 0 to 1; 1 once it has succeeded. */
    double progress();

    /** How long it will still run if it goes on as it did; null unless it is running and has told its progress. */
    @Nullable
    Duration timeLeft();

    /** How often it has been begun. An attempt that was handed back does not count. */
    int attempts();

    /** How often it may be begun. */
    int maximumAttempts();

    /** When it was submitted. */
    Instant submittedAt();

    /** When it may be begun, if it waits; null otherwise. */
    @Nullable
    Instant nextAttemptAt();

    /** When its last attempt began; null if none has. */
    @Nullable
    Instant startedAt();

    /** When it ended; null if it has not. */
    @Nullable
    Instant finishedAt();

    /** Why the last attempt failed, or why the job was cancelled; null if there was no failure, or it has succeeded. */
    @Nullable
    String error();

    /** The key it was submitted with; null if there was none. */
    @Nullable
    String key();

    /** Whether somebody has asked for its cancellation. */
    boolean isCancelRequested();

    /**
     * What the handler gave as the result.
     *
     * @return null unless the job has succeeded with a result
     * @throws JobException if the result is not of that type
     */
    <T> @Nullable T result(Class<T> type);

    /** Whether nothing more happens by itself. */
    default boolean isFinished() {
        return state().isFinal();
    }
}

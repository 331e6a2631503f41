package io.perfkit.batching.jobs;

import io.perfkit.batching.jobs.MemoryJob.MemoryAttempt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds the attempts that have run too long, with one timer for all of them: they have the same time, so the first that
 * began is the first whose time is over. A timer for each would cost more than a small job does. What time has passed is
 * the scheduler's to say, so only the time between two beginnings is read from the clock.
 *
 * <p>Guarded by the queue's lock.
 */
final class RunTimeLimit {
    private final Duration maximum;
    private final Collection<MemoryAttempt> running;
    private final Function<Duration, @Nullable Future<?>> ringAfter;
    private @Nullable Future<?> timer;
    /** When the attempt began for whose end the timer waits. It may be over long since. */
    private long sinceNanos;

    /**
     * Watches what runs.
     *
     * @param running the attempts that run, in the order in which they began
     * @param ringAfter has {@link #overdue} called after a time; answers null if it cannot
     */
    RunTimeLimit(
            Duration maximum, Collection<MemoryAttempt> running, Function<Duration, @Nullable Future<?>> ringAfter) {
        this.maximum = maximum;
        this.running = running;
        this.ringAfter = ringAfter;
    }

    /** An attempt has begun. */
    void begun(MemoryAttempt attempt) {
        if (timer == null) {
            sinceNanos = attempt.startedNanos;
            timer = ringAfter.apply(maximum);
        }
    }

    /** When the timer has rung: those whose time is over. The next one is waited for. */
    List<MemoryAttempt> overdue() {
        timer = null;
        List<MemoryAttempt> overdue = new ArrayList<>();
        for (MemoryAttempt attempt : running) {
            long later = attempt.startedNanos - sinceNanos;
            if (later > 0) {
                sinceNanos = attempt.startedNanos;
                timer = ringAfter.apply(Duration.ofNanos(later));
                break;
            }
            overdue.add(attempt);
        }
        return overdue;
    }

    /** The scheduler may be the application's, and must not keep the queue. */
    void stop() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}

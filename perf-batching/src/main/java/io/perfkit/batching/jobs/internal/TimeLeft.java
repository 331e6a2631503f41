package io.perfkit.batching.jobs.internal;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How long a job will still take, if it goes on as fast as it went so far. */
public final class TimeLeft {
    private TimeLeft() {}

    /**
     * The estimate, never below zero.
     *
     * @param startedMillis when the attempt began
     * @param progressMillis when the progress was told
     * @param nowMillis now, on the same clock
     * @param progress from 0 to 1
     * @return null as long as there is nothing to go by
     */
    public static @Nullable Duration of(long startedMillis, long progressMillis, long nowMillis, double progress) {
        if (!(progress > 0)) {
            return null;
        }
        double whole = Math.max(0, progressMillis - startedMillis) / progress;
        return Duration.ofMillis(Math.max(0, Math.round(startedMillis + whole - nowMillis)));
    }
}

package io.perfkit.monitoring;

import java.time.Duration;

/**
 * Where the time in the database went.
 *
 * @param acquire waiting for connections
 * @param execute executing statements
 * @param fetch stepping through their results, with what the driver pulls for it; some drivers do all their work there
 * @param transaction committing and rolling back
 */
public record DatabaseTimes(Duration acquire, Duration execute, Duration fetch, Duration transaction) {
    static final DatabaseTimes NONE = ofNanos(0, 0, 0, 0);

    static DatabaseTimes ofNanos(long acquire, long execute, long fetch, long transaction) {
        return new DatabaseTimes(
                Duration.ofNanos(acquire),
                Duration.ofNanos(execute),
                Duration.ofNanos(fetch),
                Duration.ofNanos(transaction));
    }

    /**
     * The sum of the four.
     *
     * @return the time in the database
     */
    public Duration total() {
        return acquire.plus(execute).plus(fetch).plus(transaction);
    }
}

package io.perfkit.batching.jobs;

import java.time.Duration;

/**
 * The figures of a queue. The first four are of the whole queue, the others of this process since it began.
 *
 * @param queued jobs that are due and wait for a worker
 * @param delayed jobs that wait for their delay or backoff
 * @param running jobs that a worker has
 * @param oldestWait how long the oldest of those that are due has been waiting; zero if there is none
 * @param attempts attempts that ended
 * @param failedAttempts attempts that ended with a failure
 * @param succeeded jobs that succeeded
 * @param failed jobs that failed for good
 * @param cancelled jobs that were cancelled
 * @param deadWorkers attempts whose worker was found dead
 * @param stuckHandlers handlers that were given up and still hold a thread
 * @param runTime how long the attempts that ended took, together
 */
public record JobQueueStats(
        long queued,
        long delayed,
        long running,
        Duration oldestWait,
        long attempts,
        long failedAttempts,
        long succeeded,
        long failed,
        long cancelled,
        long deadWorkers,
        int stuckHandlers,
        Duration runTime) {}

package io.perfkit.batching;

/**
 * What a {@link Batcher} has done since it was built. The numbers are read one after the other while calls go on, so
 * they agree with each other only when the batcher is idle.
 *
 * @param calls calls that left in a batch; a bulk call counts once for each of its distinct keys
 * @param keys keys asked of the loader; {@code calls - keys} calls were answered by the key of another call
 * @param batches batches that the loader was called for; a retried batch counts once
 * @param failedBatches batches whose loader failed, after the last retry
 * @param rejected calls that were not accepted
 * @param expired calls that reached their deadline
 * @param abandoned calls that their caller cancelled or completed before they left
 * @param pending calls that wait for a batch now
 * @param runningBatches batches that hold a slot now
 */
public record BatcherStats(
        long calls,
        long keys,
        long batches,
        long failedBatches,
        long rejected,
        long expired,
        long abandoned,
        int pending,
        int runningBatches) {}

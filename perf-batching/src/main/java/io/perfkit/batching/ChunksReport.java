package io.perfkit.batching;

import java.util.List;

/**
 * What a run of {@link Chunks} achieved.
 *
 * @param items the items whose chunk was handled
 * @param chunks the chunks that were handled
 * @param failures the chunks that failed, in the order of their numbers
 * @param isComplete whether the source was read to its end; not if there were too many failures
 * @param checkpoint where a further run resumes: it repeats what failed and what was not reached
 */
public record ChunksReport(
        long items, long chunks, List<FailedChunk> failures, boolean isComplete, ChunksCheckpoint checkpoint) {}

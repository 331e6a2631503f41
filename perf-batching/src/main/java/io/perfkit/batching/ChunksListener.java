package io.perfkit.batching;

/**
 * Observes a run of {@link Chunks}. The calls come one after the other, in the thread that called {@code forEach}; what
 * they throw ends the run.
 */
public interface ChunksListener {

    /**
     * A chunk was handled. To resume after a crash, store the checkpoint here.
     *
     * @param checkpoint all that is done so far
     * @param stats how far the run is
     */
    default void chunkDone(ChunksCheckpoint checkpoint, ChunksStats stats) {}

    /**
     * A chunk failed; the others go on.
     *
     * @param chunk which, and why
     */
    default void chunkFailed(FailedChunk chunk) {}
}

package io.perfkit.batching;

/**
 * Observes a {@link Batcher}. Each method is called in the thread that does the work, so it should take no time; what
 * it throws is logged and otherwise ignored. It may be called by several threads at once.
 */
public interface BatcherListener {

    /**
     * The batcher has been built.
     *
     * @param batcher the batcher
     * @param name its name
     */
    default void built(Batcher<?, ?> batcher, String name) {}

    /**
     * The loader has been called for a batch, over all attempts. The callers have not got their values yet.
     *
     * @param batch what was asked, and how long it took
     */
    default void batchFinished(FinishedBatch batch) {}
}

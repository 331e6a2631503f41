package io.perfkit.batching;

/**
 * What {@link Chunks} does with each chunk. Called from several threads at once if there are several workers.
 *
 * @param <T> the items
 */
@FunctionalInterface
public interface ChunkHandler<T> {

    /**
     * Handles one chunk.
     *
     * @param chunk the chunk
     * @throws Exception any failure; it is that of the chunk, the others go on
     */
    void handle(Chunk<T> chunk) throws Exception;
}

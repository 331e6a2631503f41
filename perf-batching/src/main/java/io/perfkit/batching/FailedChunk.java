package io.perfkit.batching;

/**
 * A chunk whose handler failed.
 *
 * @param number which chunk, as {@link Chunk#number}
 * @param position of its first item in the source, counted from 0
 * @param size how many items it has
 * @param failure what the handler threw
 */
public record FailedChunk(long number, long position, int size, Throwable failure) {}

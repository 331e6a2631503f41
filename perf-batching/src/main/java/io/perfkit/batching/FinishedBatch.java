package io.perfkit.batching;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A batch that has been through the loader.
 *
 * @param batcher the name of the batcher
 * @param calls how many calls were in it
 * @param keys for how many keys the loader was asked
 * @param waited from the arrival of its first call to the loader
 * @param took inside the loader, over all attempts and the pauses between them
 * @param failure why it failed as a whole; {@code null} if it did not. What was thrown by the loader, not to be changed
 */
public record FinishedBatch(
        String batcher,
        int calls,
        int keys,
        Duration waited,
        Duration took,
        @Nullable Throwable failure) {}

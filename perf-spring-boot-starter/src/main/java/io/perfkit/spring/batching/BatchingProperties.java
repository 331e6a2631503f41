package io.perfkit.spring.batching;

import io.perfkit.batching.Missing;
import io.perfkit.batching.Overflow;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The batchers of the application.
 *
 * @param enabled whether annotated methods become batchers
 * @param batchers settings of batchers, by their names
 */
@ConfigurationProperties(prefix = "perfkit.batching", ignoreUnknownFields = false)
public record BatchingProperties(
        @DefaultValue("true") boolean enabled, @Nullable Map<String, BatcherSettings> batchers) {

    /**
     * The settings of one batcher. What is not set is as {@link io.perfkit.batching.Batcher.Builder} has it.
     *
     * @param maximumBatchSize how many keys a batch has at most
     * @param maximumConcurrentBatches how many batches run at the same time
     * @param maximumPending how many calls wait for a batch
     * @param overflow what a call does that finds that many waiting
     * @param window how long a batch waits for more calls; by default it leaves as soon as it can
     * @param timeout how long a call waits at most
     * @param whenMissing what becomes of a key without a value
     */
    public record BatcherSettings(
            @Nullable Integer maximumBatchSize,
            @Nullable Integer maximumConcurrentBatches,
            @Nullable Integer maximumPending,
            @DefaultValue("wait") Overflow overflow,
            @Nullable Duration window,
            @Nullable Duration timeout,
            @Nullable Missing whenMissing) {}

    @Nullable
    BatcherSettings of(String name) {
        return batchers == null ? null : batchers.get(name);
    }
}

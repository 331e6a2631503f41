package io.perfkit.batching.micrometer;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.perfkit.batching.Batcher;
import io.perfkit.batching.BatcherListener;
import io.perfkit.batching.BatcherStats;
import io.perfkit.batching.FinishedBatch;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToDoubleFunction;

/**
 * The figures of batchers as meters, each with the tag {@code batcher}, its name. Give it to the builders as a listener,
 * and bind it to any number of registries, before or after.
 *
 * <pre>{@code
 * BatchingMetrics metrics = new BatchingMetrics();
 * Batcher<Long, User> users = Batcher.<Long, User>builder("users", loader).listener(metrics).build();
 * metrics.bindTo(registry);
 * }</pre>
 *
 * <p>A batcher that is built again under the same name takes the place of the one before. Thread-safe.
 */
public final class BatchingMetrics implements MeterBinder, BatcherListener {
    private final Map<String, Batcher<?, ?>> batchers = new ConcurrentHashMap<>();
    private final CopyOnWriteArrayList<MeterRegistry> registries = new CopyOnWriteArrayList<>();

    /** Of no batcher yet. */
    public BatchingMetrics() {}

    @Override
    public synchronized void bindTo(MeterRegistry registry) {
        if (registries.addIfAbsent(registry)) {
            batchers.keySet().forEach(name -> bind(name, registry));
        }
    }

    @Override
    public synchronized void built(Batcher<?, ?> batcher, String name) {
        boolean isNew = batchers.put(name, batcher) == null;
        if (isNew) {
            registries.forEach(registry -> bind(name, registry));
        }
    }

    private void bind(String name, MeterRegistry registry) {
        gauge(name, registry, "perfkit.batching.pending", "Calls that wait for a batch", BatcherStats::pending);
        gauge(name, registry, "perfkit.batching.running", "Batches that hold a slot", BatcherStats::runningBatches);
        counter(name, registry, "perfkit.batching.calls", "Calls that left in a batch", BatcherStats::calls);
        counter(
                name,
                registry,
                "perfkit.batching.coalesced",
                "Calls that were answered by the key of another call",
                stats -> Math.max(0, stats.calls() - stats.keys()));
        counter(name, registry, "perfkit.batching.failed", "Batches whose loader failed", BatcherStats::failedBatches);
        counter(name, registry, "perfkit.batching.rejected", "Calls that were not accepted", BatcherStats::rejected);
        counter(name, registry, "perfkit.batching.expired", "Calls that reached their deadline", BatcherStats::expired);
        counter(name, registry, "perfkit.batching.abandoned", "Calls that were withdrawn", BatcherStats::abandoned);
        var unusedSize = size(name, registry);
        var unusedWait = wait(name, registry);
        var unusedTime = time(name, registry);
    }

    private void gauge(
            String name, MeterRegistry registry, String meter, String description, ToDoubleFunction<BatcherStats> of) {
        var unused = Gauge.builder(meter, this, metrics -> metrics.value(name, of))
                .description(description)
                .tags(tags(name))
                .register(registry);
    }

    private void counter(
            String name, MeterRegistry registry, String meter, String description, ToDoubleFunction<BatcherStats> of) {
        var unused = FunctionCounter.builder(meter, this, metrics -> metrics.value(name, of))
                .description(description)
                .tags(tags(name))
                .register(registry);
    }

    private double value(String name, ToDoubleFunction<BatcherStats> of) {
        Batcher<?, ?> batcher = batchers.get(name);
        return batcher == null ? Double.NaN : of.applyAsDouble(batcher.stats());
    }

    private static Tags tags(String name) {
        return Tags.of("batcher", name);
    }

    private static DistributionSummary size(String name, MeterRegistry registry) {
        return DistributionSummary.builder("perfkit.batching.batch.size")
                .description("Keys in a call of the loader")
                .baseUnit("keys")
                .tags(tags(name))
                .register(registry);
    }

    private static Timer wait(String name, MeterRegistry registry) {
        return Timer.builder("perfkit.batching.wait")
                .description("From the first call of a batch to its loader")
                .tags(tags(name))
                .register(registry);
    }

    private static Timer time(String name, MeterRegistry registry) {
        return Timer.builder("perfkit.batching.load")
                .description("In the loader, over all attempts")
                .tags(tags(name))
                .register(registry);
    }

    @Override
    public void batchFinished(FinishedBatch batch) {
        for (MeterRegistry registry : registries) {
            size(batch.batcher(), registry).record(batch.keys());
            wait(batch.batcher(), registry).record(batch.waited());
            time(batch.batcher(), registry).record(batch.took());
        }
    }
}

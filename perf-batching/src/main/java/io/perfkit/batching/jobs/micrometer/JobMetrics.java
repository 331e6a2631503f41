package io.perfkit.batching.jobs.micrometer;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.perfkit.batching.jobs.JobQueue;
import io.perfkit.batching.jobs.JobQueueStats;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * The figures of a {@link JobQueue} as meters, with the tag {@code queue}:
 *
 * <ul>
 *   <li>{@code perfkit.jobs.waiting} (gauge, tag {@code state}: {@code queued}, {@code delayed}) and
 *       {@code perfkit.jobs.running}: the whole queue
 *   <li>{@code perfkit.jobs.oldest.wait}: how long the oldest job that is due has been waiting
 *   <li>{@code perfkit.jobs.run} (timer): attempts that ended in this process
 *   <li>{@code perfkit.jobs.attempts.failed}, {@code perfkit.jobs.finished} (tag {@code outcome}),
 *       {@code perfkit.jobs.workers.dead}: counters of this process
 *   <li>{@code perfkit.jobs.handlers.stuck}: handlers that were given up and still hold a thread
 * </ul>
 *
 * <p>Immutable. Reading the gauges asks {@link JobQueue#stats()}.
 */
public final class JobMetrics implements MeterBinder {
    private final String name;
    private final JobQueue queue;

    private JobMetrics(String name, JobQueue queue) {
        this.name = requireNonNull(name, "name");
        this.queue = requireNonNull(queue, "queue");
    }

    /**
     * The meters of a queue.
     *
     * @param name the value of the tag {@code queue}
     */
    public static JobMetrics of(String name, JobQueue queue) {
        return new JobMetrics(name, queue);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        gauge(registry, "perfkit.jobs.waiting", Tags.of("state", "queued"), JobQueueStats::queued);
        gauge(registry, "perfkit.jobs.waiting", Tags.of("state", "delayed"), JobQueueStats::delayed);
        gauge(registry, "perfkit.jobs.running", Tags.empty(), JobQueueStats::running);
        gauge(registry, "perfkit.jobs.handlers.stuck", Tags.empty(), JobQueueStats::stuckHandlers);
        TimeGauge.builder(
                        "perfkit.jobs.oldest.wait",
                        queue,
                        TimeUnit.MILLISECONDS,
                        of -> of.stats().oldestWait().toMillis())
                .tag("queue", name)
                .register(registry);
        FunctionTimer.builder(
                        "perfkit.jobs.run",
                        queue,
                        of -> of.stats().attempts(),
                        of -> of.stats().runTime().toNanos(),
                        TimeUnit.NANOSECONDS)
                .tag("queue", name)
                .register(registry);
        counter(registry, "perfkit.jobs.attempts.failed", Tags.empty(), JobQueueStats::failedAttempts);
        counter(registry, "perfkit.jobs.finished", Tags.of("outcome", "succeeded"), JobQueueStats::succeeded);
        counter(registry, "perfkit.jobs.finished", Tags.of("outcome", "failed"), JobQueueStats::failed);
        counter(registry, "perfkit.jobs.finished", Tags.of("outcome", "cancelled"), JobQueueStats::cancelled);
        counter(registry, "perfkit.jobs.workers.dead", Tags.empty(), JobQueueStats::deadWorkers);
    }

    private void gauge(MeterRegistry registry, String meter, Tags tags, ToDoubleFunction<JobQueueStats> figure) {
        Gauge.builder(meter, queue, of -> figure.applyAsDouble(of.stats()))
                .tags(tags)
                .tag("queue", name)
                .register(registry);
    }

    private void counter(MeterRegistry registry, String meter, Tags tags, ToLongFunction<JobQueueStats> figure) {
        FunctionCounter.builder(meter, queue, of -> figure.applyAsLong(of.stats()))
                .tags(tags)
                .tag("queue", name)
                .register(registry);
    }
}

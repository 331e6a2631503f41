package io.perfkit.batching.jobs.micrometer;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.perfkit.batching.jobs.JobException;
import io.perfkit.batching.jobs.JobQueue;
import io.perfkit.batching.jobs.JobQueueStats;
import java.time.Duration;
import java.util.Map;
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
 * <p>Immutable. Reading the meters asks {@link JobQueue#stats()}, which asks a database once a second at most. While it
 * cannot be asked, the gauges are NaN and the counters what they were.
 */
public final class JobMetrics implements MeterBinder {
    private static final Map<String, ToLongFunction<JobQueueStats>> OUTCOMES = Map.of(
            "succeeded", JobQueueStats::succeeded,
            "failed", JobQueueStats::failed,
            "cancelled", JobQueueStats::cancelled);

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
        Figures figures = new Figures();
        gauge(registry, "perfkit.jobs.waiting", Tags.of("state", "queued"), figures.gauge(JobQueueStats::queued));
        gauge(registry, "perfkit.jobs.waiting", Tags.of("state", "delayed"), figures.gauge(JobQueueStats::delayed));
        gauge(registry, "perfkit.jobs.running", Tags.empty(), figures.gauge(JobQueueStats::running));
        gauge(registry, "perfkit.jobs.handlers.stuck", Tags.empty(), figures.count(JobQueueStats::stuckHandlers));
        TimeGauge.builder(
                        "perfkit.jobs.oldest.wait",
                        queue,
                        TimeUnit.MILLISECONDS,
                        figures.gauge(stats -> stats.oldestWait().toMillis()))
                .tag("queue", name)
                .register(registry);
        FunctionTimer.builder(
                        "perfkit.jobs.run",
                        queue,
                        of -> figures.known(of).attempts(),
                        of -> figures.known(of).runTime().toNanos(),
                        TimeUnit.NANOSECONDS)
                .tag("queue", name)
                .register(registry);
        counter(registry, "perfkit.jobs.attempts.failed", Tags.empty(), figures.count(JobQueueStats::failedAttempts));
        for (Map.Entry<String, ToLongFunction<JobQueueStats>> each : OUTCOMES.entrySet()) {
            counter(
                    registry,
                    "perfkit.jobs.finished",
                    Tags.of("outcome", each.getKey()),
                    figures.count(each.getValue()));
        }
        counter(registry, "perfkit.jobs.workers.dead", Tags.empty(), figures.count(JobQueueStats::deadWorkers));
    }

    private void gauge(MeterRegistry registry, String meter, Tags tags, ToDoubleFunction<JobQueue> figure) {
        Gauge.builder(meter, queue, figure).tags(tags).tag("queue", name).register(registry);
    }

    private void counter(MeterRegistry registry, String meter, Tags tags, ToDoubleFunction<JobQueue> figure) {
        FunctionCounter.builder(meter, queue, figure)
                .tags(tags)
                .tag("queue", name)
                .register(registry);
    }

    /**
     * The figures as a registry reads them. A database that is away fails no scrape: the depth is then unknown, and what this
     * process has counted is what it was. Holds no queue, since a registry is not what keeps one alive.
     */
    private static final class Figures {
        private static final JobQueueStats NOTHING =
                new JobQueueStats(0, 0, 0, Duration.ZERO, 0, 0, 0, 0, 0, 0, 0, Duration.ZERO);

        private volatile JobQueueStats last = NOTHING;

        ToDoubleFunction<JobQueue> gauge(ToDoubleFunction<JobQueueStats> figure) {
            return queue -> {
                try {
                    return figure.applyAsDouble(ask(queue));
                } catch (JobException away) {
                    return Double.NaN;
                }
            };
        }

        ToDoubleFunction<JobQueue> count(ToLongFunction<JobQueueStats> figure) {
            return queue -> figure.applyAsLong(known(queue));
        }

        JobQueueStats known(JobQueue queue) {
            try {
                return ask(queue);
            } catch (JobException away) {
                return last;
            }
        }

        private JobQueueStats ask(JobQueue queue) {
            JobQueueStats stats = queue.stats();
            last = stats;
            return stats;
        }
    }
}

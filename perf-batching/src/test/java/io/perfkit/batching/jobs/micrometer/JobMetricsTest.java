package io.perfkit.batching.jobs.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.batching.jobs.Backoff;
import io.perfkit.batching.jobs.JobException;
import io.perfkit.batching.jobs.JobId;
import io.perfkit.batching.jobs.JobOptions;
import io.perfkit.batching.jobs.JobQueue;
import io.perfkit.batching.jobs.JobQueueStats;
import io.perfkit.batching.jobs.JobState;
import io.perfkit.batching.jobs.PermanentJobException;
import java.lang.ref.Reference;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class JobMetricsTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    /** A payload. */
    record Report(int part) {}

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    /** All that a collector reads, by the name of the meter, what its tags add, and the figure of it. */
    private Map<String, Double> scraped() {
        Map<String, Double> figures = new TreeMap<>();
        for (Meter meter : registry.getMeters()) {
            assertThat(meter.getId().getTag("queue")).isEqualTo("reports");
            for (Measurement each : meter.measure()) {
                String state = meter.getId().getTag("state");
                String outcome = meter.getId().getTag("outcome");
                figures.put(
                        meter.getId().getName().replace("perfkit.jobs.", "")
                                + (state == null ? "" : " " + state)
                                + (outcome == null ? "" : " " + outcome)
                                + (meter.getId().getType() == Meter.Type.TIMER
                                        ? " " + each.getStatistic().getTagValueRepresentation()
                                        : ""),
                        each.getValue());
            }
        }
        return figures;
    }

    @Test
    void meters_ofAQueue_haveItsFigures() {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
        Clock clock = new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now.get();
            }
        };
        CountDownLatch gate = new CountDownLatch(1);
        JobQueue jobs = JobQueue.inMemory("reports")
                .handler(Report.class, (report, job) -> {
                    switch (report.part()) {
                        case 0 -> throw new IllegalStateException("again");
                        case 1 -> throw new PermanentJobException("never");
                        case 2 -> gate.await();
                        default -> TimeUnit.MILLISECONDS.sleep(2);
                    }
                })
                .workers(1)
                .clock(clock)
                .build();
        JobMetrics.of("reports", jobs).bindTo(registry);
        assertThat(scraped().values()).as("nothing yet").allMatch(value -> value == 0);

        jobs.await(jobs.submit(new Report(3)), SOON);
        jobs.await(jobs.submit(new Report(0), JobOptions.attempts(2).backoff(Backoff.fixed(Duration.ZERO))), SOON);
        jobs.await(jobs.submit(new Report(1)), SOON);
        JobId running = jobs.submit(new Report(2));
        await().atMost(SOON).until(() -> jobs.status(running).state() == JobState.RUNNING);
        jobs.submit(new Report(3));
        JobId delayed = jobs.submit(new Report(3), JobOptions.defaults().delay(Duration.ofHours(1)));
        jobs.submit(new Report(3), JobOptions.defaults().delay(Duration.ofHours(1)));
        assertThat(jobs.cancel(delayed)).isTrue();
        now.set(Instant.EPOCH.plusSeconds(90));

        assertThat(scraped())
                .containsEntry("waiting queued", 1.0)
                .containsEntry("waiting delayed", 1.0)
                .containsEntry("running", 1.0)
                .containsEntry("oldest.wait", 90.0)
                .containsEntry("run count", 4.0)
                .containsEntry("attempts.failed", 3.0)
                .containsEntry("finished succeeded", 1.0)
                .containsEntry("finished failed", 2.0)
                .containsEntry("finished cancelled", 1.0)
                .containsEntry("workers.dead", 0.0)
                .containsEntry("handlers.stuck", 0.0)
                .hasSize(12)
                .hasEntrySatisfying("run total", seconds -> assertThat(seconds).isBetween(0.002, 20.0));
        gate.countDown();
        jobs.close();
    }

    /** A queue of which nothing is used but its figures. */
    private static JobQueue queue(AtomicReference<Object> answer) {
        return (JobQueue) Proxy.newProxyInstance(
                JobQueue.class.getClassLoader(), new Class<?>[] {JobQueue.class}, (self, method, arguments) -> {
                    if (!method.getName().equals("stats")) {
                        return method.getName().equals("hashCode") ? (Object) 1 : (Object) (self == arguments[0]);
                    }
                    if (answer.get() instanceof JobException away) {
                        throw away;
                    }
                    return answer.get();
                });
    }

    @Test
    void scrape_whileTheDatabaseIsAway_keepsTheCountersAndHasNoDepth() {
        AtomicReference<Object> answer = new AtomicReference<>(
                new JobQueueStats(5, 4, 3, Duration.ofSeconds(7), 20, 2, 15, 1, 1, 9, 1, Duration.ofSeconds(40)));
        JobQueue jobs = queue(answer);
        JobMetrics.of("reports", jobs).bindTo(registry);
        Map<String, Double> before = scraped();
        assertThat(before)
                .containsEntry("workers.dead", 9.0)
                .containsEntry("oldest.wait", 7.0)
                .containsEntry("run total", 40.0);

        answer.set(new JobException("the database is away"));
        Map<String, Double> away = scraped();
        for (String depth : new String[] {"waiting queued", "waiting delayed", "running", "oldest.wait"}) {
            assertThat(away.get(depth)).as(depth).isNaN();
        }
        for (String count : new String[] {"workers.dead", "finished succeeded", "attempts.failed", "run count"}) {
            assertThat(away.get(count)).as(count).isEqualTo(before.get(count));
        }
        Reference.reachabilityFence(jobs);
    }
}

package io.perfkit.benchmarks.batching;

import io.perfkit.batching.jobs.JobQueue;
import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * 5,000 jobs that do nothing, submitted by one thread and run by four, until the last has run; and the time of one of them.
 * What one writes oneself gives each job an id and a state that can be asked for, and forgets the oldest of 10,000. It has
 * no limit of the run time, no attempts, no cancellation, no priority, no key and no bound on what waits.
 */
@Line("batching.in_memory_jobs")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class MemoryJobs {

    private static final int JOBS = 5_000;
    private static final int WORKERS = 4;

    private record Nothing(int number) {}

    @Benchmark
    @Side(Side.OURS)
    @OperationsPerInvocation(JOBS)
    public void ours(Ours ours) throws InterruptedException {
        ours.countdown.expect(JOBS);
        for (int i = 0; i < JOBS; i++) {
            ours.queue.submit(new Nothing(i));
        }
        ours.countdown.await();
    }

    @Benchmark
    @Side("hand-written")
    @OperationsPerInvocation(JOBS)
    public void handWritten(ByHand byHand) throws InterruptedException {
        byHand.countdown.expect(JOBS);
        for (int i = 0; i < JOBS; i++) {
            byHand.submit(byHand.countdown::done);
        }
        byHand.countdown.await();
    }

    /** A queue with its defaults. */
    @State(Scope.Benchmark)
    public static class Ours {

        private final Countdown countdown = new Countdown();
        private JobQueue queue;

        @Setup
        public void open() {
            queue = JobQueue.inMemory("benchmark")
                    .handler(Nothing.class, (nothing, job) -> countdown.done())
                    .workers(WORKERS)
                    .build();
        }

        @TearDown
        public void close() {
            queue.close();
        }
    }

    /** What one writes oneself. */
    @State(Scope.Benchmark)
    public static class ByHand {

        private static final int REMEMBERED = 10_000;

        private enum JobState {
            QUEUED,
            RUNNING,
            SUCCEEDED,
            FAILED
        }

        private final Countdown countdown = new Countdown();
        private final Map<UUID, JobState> states = new ConcurrentHashMap<>();
        private final Queue<UUID> ended = new ConcurrentLinkedQueue<>();
        private final AtomicInteger remembered = new AtomicInteger();
        private ScheduledExecutorService executor;

        @Setup
        public void open() {
            executor = Executors.newScheduledThreadPool(WORKERS);
        }

        UUID submit(Runnable job) {
            UUID id = UUID.randomUUID();
            states.put(id, JobState.QUEUED);
            var unused = executor.schedule(() -> run(id, job), 0, TimeUnit.NANOSECONDS);
            return id;
        }

        private void run(UUID id, Runnable job) {
            states.put(id, JobState.RUNNING);
            try {
                job.run();
                states.put(id, JobState.SUCCEEDED);
            } catch (RuntimeException e) {
                states.put(id, JobState.FAILED);
            }
            ended.add(id);
            if (remembered.incrementAndGet() > REMEMBERED) {
                remembered.decrementAndGet();
                UUID oldest = ended.poll();
                if (oldest != null) {
                    states.remove(oldest);
                }
            }
        }

        @TearDown
        public void close() {
            executor.shutdown();
        }
    }
}

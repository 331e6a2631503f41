package io.perfkit.batching.jobs.db;

import io.perfkit.batching.jobs.JobException;
import io.perfkit.batching.jobs.JobId;
import io.perfkit.batching.jobs.JobState;
import io.perfkit.batching.jobs.JobStatus;
import io.perfkit.batching.jobs.Telling;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is to be done when a job has ended here: it is counted, those who wait are woken, and listeners are told. */
final class Ends {
    private static final Logger LOG = LoggerFactory.getLogger(Ends.class);
    private static final long ASK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    final Telling telling;
    private final Connections connections;
    private final JobRows rows;
    private final Map<JobId, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();

    Ends(Connections connections, JobRows rows, Telling telling) {
        this.connections = connections;
        this.rows = rows;
        this.telling = telling;
    }

    /** Asks until the job has ended or the time is over: at once when it ends in this process, now and then otherwise. */
    JobStatus await(JobId id, long nanos, Supplier<JobStatus> status) {
        long begin = System.nanoTime();
        CompletableFuture<Void> end = waiting.computeIfAbsent(id, missing -> new CompletableFuture<>());
        try {
            while (true) {
                JobStatus known = status.get();
                long left = nanos - (System.nanoTime() - begin);
                if (known.isFinished() || left <= 0) {
                    return known;
                }
                waitFor(end, Math.min(left, ASK_AGAIN_NANOS), id);
            }
        } finally {
            waiting.remove(id, end);
        }
    }

    private static void waitFor(CompletableFuture<Void> end, long nanos, JobId id) {
        try {
            if (end.isDone()) {
                TimeUnit.NANOSECONDS.sleep(Math.min(nanos, 1_000_000));
            } else {
                end.get(nanos, TimeUnit.NANOSECONDS);
            }
        } catch (TimeoutException notHere) {
            // It may have ended elsewhere.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobException("The thread was interrupted while it waited for job " + id, e);
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    /** After the commit. */
    void ended(JobId id, JobState state) {
        telling.ended(state);
        CompletableFuture<Void> end = waiting.remove(id);
        if (end != null) {
            end.complete(null);
        }
        if (telling.hasListeners()) {
            try {
                connections
                        .read(connection -> Optional.ofNullable(rows.find(connection, id)))
                        .ifPresent(telling::finished);
            } catch (RuntimeException e) {
                // The job has ended all the same, and whoever ended it must not think otherwise.
                LOG.warn("Job {} is {}, which the listeners are not told: {}", id, state, e.getMessage());
            }
        }
    }
}

package io.perfkit.batching.jobs.db;

import io.perfkit.batching.jobs.JobId;
import io.perfkit.batching.jobs.JobState;
import io.perfkit.batching.jobs.Telling;
import io.perfkit.batching.jobs.internal.Tally;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** What is to be done when a job has ended here: it is counted, those who wait are woken, and listeners are told. */
final class Ends {
    final Tally tally;
    final Telling telling;
    private final Connections connections;
    private final JobRows rows;
    private final Map<JobId, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();

    Ends(Connections connections, JobRows rows, Tally tally, Telling telling) {
        this.connections = connections;
        this.rows = rows;
        this.tally = tally;
        this.telling = telling;
    }

    /** Ends when the job ends in this process; not when it ends elsewhere. */
    CompletableFuture<Void> of(JobId id) {
        return waiting.computeIfAbsent(id, missing -> new CompletableFuture<>());
    }

    void forget(JobId id, CompletableFuture<Void> end) {
        waiting.remove(id, end);
    }

    /** After the commit. */
    void ended(JobId id, JobState state) {
        (switch (state) {
                    case SUCCEEDED -> tally.succeeded;
                    case FAILED -> tally.failed;
                    default -> tally.cancelled;
                })
                .increment();
        CompletableFuture<Void> end = waiting.remove(id);
        if (end != null) {
            end.complete(null);
        }
        if (telling.hasListeners()) {
            connections
                    .read(connection -> Optional.ofNullable(rows.find(connection, id)))
                    .ifPresent(telling::finished);
        }
    }
}

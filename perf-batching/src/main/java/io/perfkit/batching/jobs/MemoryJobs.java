package io.perfkit.batching.jobs;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The jobs that a queue in memory knows, by id and by key, and which of them it forgets. Guarded by the queue's lock. */
final class MemoryJobs {
    /**
     * What is known when a job ends, and who is to be woken. A job that is retried at once has others who wait for its
     * next end.
     *
     * @param status null if there is no listener to be told
     */
    record End(JobState state, @Nullable JobStatus status, CompletableFuture<Void> waiting) {}

    private final InMemoryJobQueue.Builder settings;
    private final Telling telling;
    /** In the order of submission. */
    private final Map<JobId, MemoryJob> all = new LinkedHashMap<>();
    /** In the order of their ends. */
    private final Map<JobId, MemoryJob> finished = new LinkedHashMap<>();

    private final Map<String, MemoryJob> byKey = new HashMap<>();

    MemoryJobs(InMemoryJobQueue.Builder settings, Telling telling) {
        this.settings = settings;
        this.telling = telling;
    }

    void add(MemoryJob job) {
        all.put(job.id, job);
        String key = job.options.key();
        if (key != null) {
            byKey.put(key, job);
        }
    }

    @Nullable
    MemoryJob find(JobId id) {
        return all.get(id);
    }

    /** The job for which a key stands: it lives, or has ended a short while ago. */
    @Nullable
    MemoryJob ofKey(String key) {
        MemoryJob job = byKey.get(key);
        if (job == null) {
            return null;
        }
        Instant end = job.finishedAt;
        return end == null || end.plus(settings.keyWindow).isAfter(settings.clock.instant()) ? job : null;
    }

    /** The newest in a state, the newest first. */
    List<JobStatus> newest(JobState state, int maximumJobs) {
        List<MemoryJob> found = new ArrayList<>();
        for (MemoryJob job : all.values()) {
            if (job.state == state) {
                found.add(job);
            }
        }
        List<JobStatus> newest = new ArrayList<>();
        Instant now = settings.clock.instant();
        for (int i = found.size() - 1; i >= 0 && newest.size() < maximumJobs; i--) {
            newest.add(found.get(i).status(now));
        }
        return newest;
    }

    /** Those that wait for a worker, for their delay or for their backoff. */
    List<MemoryJob> waiting() {
        List<MemoryJob> waiting = new ArrayList<>();
        for (MemoryJob job : all.values()) {
            if (job.isWaiting()) {
                waiting.add(job);
            }
        }
        return waiting;
    }

    End finish(MemoryJob job, JobState state) {
        Instant now = settings.clock.instant();
        job.state = state;
        job.dueAt = null;
        job.finishedAt = now;
        finished.remove(job.id);
        finished.put(job.id, job);
        forgetOld(now);
        return new End(state, telling.hasListeners() ? job.status(now) : null, job.ended);
    }

    /** Makes one that has ended live again. False if its key now belongs to another. */
    boolean reopen(MemoryJob job) {
        String key = job.options.key();
        if (key != null && byKey.putIfAbsent(key, job) != null && byKey.get(key) != job) {
            return false;
        }
        finished.remove(job.id);
        job.attempts = 0;
        job.attempt = null;
        job.cancelRequested = false;
        job.finishedAt = null;
        job.ended = new CompletableFuture<>();
        return true;
    }

    /** Forgets what ended too long ago, and the oldest of too much. */
    void forgetOld(Instant now) {
        Instant limit = now.minus(settings.retention);
        var oldest = finished.values().iterator();
        while (oldest.hasNext()) {
            MemoryJob job = oldest.next();
            if (finished.size() <= settings.maximumFinished
                    && requireNonNull(job.finishedAt).isAfter(limit)) {
                return;
            }
            oldest.remove();
            all.remove(job.id);
            String key = job.options.key();
            if (key != null) {
                byKey.remove(key, job);
            }
        }
    }
}

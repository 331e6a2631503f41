package io.perfkit.batching.jobs.db;

import io.perfkit.batching.jobs.JobQueueStats;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The figures of the queue. Those that are counted in the database are counted once a second at most. */
final class QueueFigures {
    private record Depth(long queued, long delayed, long running, Duration oldest) {}

    private final Room room;
    private @Nullable Depth last;
    private long lastNanos;

    QueueFigures(Room room) {
        this.room = room;
    }

    JobQueueStats stats() {
        Depth depth = depth();
        return room.ends().telling.stats(depth.queued, depth.delayed, depth.running, depth.oldest);
    }

    private synchronized Depth depth() {
        Depth known = last;
        if (known != null && System.nanoTime() - lastNanos < TimeUnit.SECONDS.toNanos(1)) {
            return known;
        }
        Depth counted = count();
        last = counted;
        lastNanos = System.nanoTime();
        return counted;
    }

    private Depth count() {
        long now = room.clock().millis();
        return room.connections().read(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(
                    "select state, count(*), sum(case when due_at <= ? then 1 else 0 end), min(due_at) from perfkit_job"
                            + " where queue_name = ? and state in ('QUEUED', 'RETRYING', 'RUNNING') group by state")) {
                statement.setLong(1, now);
                statement.setString(2, room.queue());
                long waiting = 0;
                long queued = 0;
                long running = 0;
                long oldest = now;
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        if (rows.getString(1).equals("RUNNING")) {
                            running = rows.getLong(2);
                            continue;
                        }
                        waiting += rows.getLong(2);
                        queued += rows.getLong(3);
                        long due = rows.getLong(4);
                        oldest = rows.wasNull() ? oldest : Math.min(oldest, due);
                    }
                }
                return new Depth(queued, waiting - queued, running, Duration.ofMillis(now - oldest));
            }
        });
    }
}

package io.perfkit.batching.jobs.db;

import com.github.kagkarlsson.scheduler.Clock;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * The clock of the database, read now and then and carried on in between by this process's ticker. Every process goes by
 * it, so a machine whose own clock is wrong neither takes jobs that are not due nor thinks the others dead.
 */
final class DatabaseClock implements Clock {
    private static final long SLOWEST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private record Reading(long millis, long nanos) {}

    private final Connections connections;
    private final String query;
    private volatile Reading last;

    DatabaseClock(Connections connections, Dialect dialect) {
        this.connections = connections;
        this.query = dialect.nowQuery;
        this.last = read();
    }

    /** An answer that took long says little about when it was given; the ticker carries on better. */
    void refresh() {
        long before = System.nanoTime();
        Reading reading = read();
        if (System.nanoTime() - before < SLOWEST_NANOS) {
            last = reading;
        }
    }

    private Reading read() {
        return connections.read(connection -> {
            try (Statement statement = connection.createStatement()) {
                long before = System.nanoTime();
                try (ResultSet row = statement.executeQuery(query)) {
                    row.next();
                    long millis = row.getLong(1);
                    // In the middle between asking and hearing.
                    return new Reading(millis, before + (System.nanoTime() - before) / 2);
                }
            }
        });
    }

    long millis() {
        Reading reading = last;
        return reading.millis + Math.floorDiv(System.nanoTime() - reading.nanos, 1_000_000L);
    }

    @Override
    public Instant now() {
        return Instant.ofEpochMilli(millis());
    }
}

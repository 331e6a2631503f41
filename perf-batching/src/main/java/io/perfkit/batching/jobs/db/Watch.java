package io.perfkit.batching.jobs.db;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done twice a second: writes the progress of the attempts that run here, and hears whether one of them was
 * cancelled or given to another worker, in one query for all of them. Now and then it reads the clock.
 */
final class Watch {
    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);
    private static final long CLOCK_EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long COMPLAIN_EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Room room;
    private final Worker worker;
    private long clockReadNanos = System.nanoTime();
    private long complainedNanos;
    private boolean complained;

    Watch(Room room, Worker worker) {
        this.room = room;
        this.worker = worker;
    }

    /** Called by a timer, never twice at once. */
    void tick() {
        try {
            observe();
            long now = System.nanoTime();
            if (now - clockReadNanos > CLOCK_EVERY_NANOS) {
                clockReadNanos = now;
                room.clock().refresh();
            }
            complained = false;
        } catch (Throwable e) {
            long now = System.nanoTime();
            if (!complained || now - complainedNanos > COMPLAIN_EVERY_NANOS) {
                complained = true;
                complainedNanos = now;
                LOG.warn("The jobs of queue {} cannot be watched; trying on", room.queue(), e);
            }
        }
    }

    private void observe() {
        List<Attempt> attempts = List.copyOf(worker.attempts());
        if (attempts.isEmpty()) {
            return;
        }
        Map<String, JobRows.Sign> signs = room.connections().read(connection -> {
            for (Attempt attempt : attempts) {
                Attempt.Progress told = attempt.unwritten();
                if (told != null
                        && room.rows()
                                .progress(connection, attempt.id(), attempt.fence, told.fraction(), told.millis())) {
                    attempt.wrote(told);
                }
            }
            return room.rows()
                    .signs(connection, attempts.stream().map(Attempt::id).toList());
        });
        for (Attempt attempt : attempts) {
            if (attempt.run.outcome().isDone()) {
                continue;
            }
            JobRows.Sign sign = signs.get(attempt.id().value());
            if (sign == null || sign.fence() != attempt.fence || !sign.isRunning()) {
                worker.lose(attempt);
            } else if (sign.isCancelRequested()) {
                worker.cancel(attempt);
            }
        }
    }
}

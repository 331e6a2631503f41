package io.perfkit.cache;

import io.perfkit.cache.LogPosition.Position;
import io.perfkit.cache.LogPosition.Standing;
import io.perfkit.cache.spi.SharedTier;
import io.perfkit.cache.spi.SharedTier.Event;
import io.perfkit.cache.spi.SharedTier.Head;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Follows one region's log over one connection: waits for events, applies them, asks for the head from time to time to
 * have the position confirmed. No thread is held meanwhile. Stops at a failure; the session then opens the region anew.
 * One answer that is late is asked for again first: on a machine without time to spare, it is often this one that had
 * none. Nothing is trusted for longer meanwhile, because only an answered question prolongs the trust.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the continuation is the end, and handles failure
final class LogFollower {

    private final RegionLink link;
    private final SharedTier.Region remote;
    private final SharedSession session;
    private volatile boolean running = true;
    private long confirmedAt;
    /** Of the callbacks, which come one after the other. */
    private volatile boolean late;

    private volatile boolean answered;

    LogFollower(RegionLink link, SharedTier.Region remote, SharedSession session) {
        this.link = link;
        this.remote = remote;
        this.session = session;
        this.confirmedAt = session.clock().preciseNanos();
    }

    boolean isRunning() {
        return running;
    }

    void start() {
        follow();
    }

    void stop() {
        running = false;
    }

    private void follow() {
        Position position = link.position();
        if (!running || position == null) {
            failed(null);
            return;
        }
        try {
            remote.follow(position.epoch(), session.followWait())
                    .toCompletableFuture()
                    .orTimeout(session.followWait().plus(session.timeout()).toNanos(), TimeUnit.NANOSECONDS)
                    .whenComplete(this::received);
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private void received(@Nullable List<Event> events, @Nullable Throwable failure) {
        try {
            if (failure instanceof TimeoutException && !late) {
                late = true;
                follow();
            } else if (failure != null || events == null) {
                failed(failure);
            } else if (running) {
                received(events);
            }
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private void received(List<Event> events) {
        answered = true;
        late = false;
        if (!link.apply(events)) {
            running = false;
            link.lost();
        } else if (session.clock().preciseNanos() - confirmedAt
                < session.followWait().toNanos() / 2) {
            follow();
        } else {
            confirm();
        }
    }

    private void confirm() {
        Position before = link.position();
        if (before == null) {
            failed(null);
            return;
        }
        long askedAt = session.clock().preciseNanos();
        remote.state()
                .toCompletableFuture()
                .orTimeout(session.timeout().toNanos(), TimeUnit.NANOSECONDS)
                .whenComplete((state, failure) -> {
                    if (failure != null) {
                        failed(failure);
                    } else {
                        link.noteTime(state.millis(), askedAt);
                        confirmed(state.head(), before, askedAt);
                    }
                });
    }

    private void confirmed(@Nullable Head head, Position before, long askedAt) {
        Standing standing = link.observe(head, before, askedAt);
        if (standing == Standing.LOST || head == null) {
            running = false;
            link.lost();
            return;
        }
        confirmedAt = askedAt;
        if (standing == Standing.CURRENT) {
            follow();
            return;
        }
        // The head is ahead of us, so the events must be in the log. If they are not, the log was lost.
        remote.events(before.epoch(), LogPosition.EVENTS_AT_ONCE)
                .toCompletableFuture()
                .orTimeout(session.timeout().toNanos(), TimeUnit.NANOSECONDS)
                .whenComplete((events, failure) -> {
                    if (failure != null) {
                        failed(failure);
                        return;
                    }
                    boolean complete = !events.isEmpty() && link.apply(events);
                    if (complete && running) {
                        follow();
                    } else if (running) {
                        running = false;
                        link.lost();
                    }
                });
    }

    private void failed(@Nullable Throwable failure) {
        boolean surprising = running;
        running = false;
        if (surprising) {
            session.failures().failed("following the invalidation log of region '" + link.name() + "' failed", failure);
            // What fails from the beginning is tried again in its time, and not at once.
            if (answered) {
                session.wake();
            }
        }
    }
}

package io.perfkit.connections;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The outboxes of a registry: their limits, the threads that empty them, and which of them does not move. */
final class Outboxes<O, C> {
    final int maximumMessages;
    final long maximumBytes;
    final WhenSlow whenSlow;

    private final String name;
    private final long stalledNanos;
    private final LongSupplier nanoTime;
    private final Executor executor;
    private final @Nullable Workers own;
    private final OncePerMinute warnings;
    private final BiConsumer<Entry<O, C>, CloseReason> close;
    private final Set<Outbox<O, C>> awaiting = ConcurrentHashMap.newKeySet();
    private final LongAdder failed = new LongAdder();
    private final LongAdder dropped = new LongAdder();

    Outboxes(
            ConnectionRegistry.Builder<O, C> settings,
            OncePerMinute warnings,
            BiConsumer<Entry<O, C>, CloseReason> close) {
        this.name = settings.name;
        this.maximumMessages = settings.outboxMessages;
        this.maximumBytes = settings.outboxBytes;
        this.whenSlow = settings.whenSlow;
        this.stalledNanos = settings.sendNanos;
        this.nanoTime = settings.ticker;
        Executor given = settings.sendExecutor;
        Workers workers = given == null ? new Workers("perfkit-send-" + name, nanoTime) : null;
        this.own = workers;
        this.executor = workers == null ? Objects.requireNonNull(given) : workers;
        this.warnings = warnings;
        this.close = close;
    }

    /** One message for each of the entries. */
    BroadcastReport send(Collection<Entry<O, C>> entries, Outbox.Message<C> message) {
        int reached = 0;
        int forgot = 0;
        int closed = 0;
        List<Outbox<O, C>> toRun = new ArrayList<>();
        for (Entry<O, C> entry : entries) {
            Outbox<O, C> outbox = entry.outbox(this);
            switch (outbox.offer(message)) {
                case TAKEN -> reached++;
                case TAKEN_FOR_AN_OLDER_ONE -> {
                    reached++;
                    forgot++;
                }
                case REFUSED -> {
                    closed++;
                    close.accept(entry, CloseReason.SLOW);
                }
            }
            if (outbox.isToBeRun()) {
                toRun.add(outbox);
            }
        }
        dropped.add(forgot);
        run(toRun);
        return new BroadcastReport(reached, forgot, closed);
    }

    private void run(List<Outbox<O, C>> outboxes) {
        if (own != null) {
            own.executeAll(outboxes);
            return;
        }
        outboxes.forEach(this::goOn);
    }

    void goOn(Outbox<O, C> outbox) {
        try {
            executor.execute(outbox);
        } catch (RejectedExecutionException e) {
            warnings.warn("The sendExecutor of registry '" + name + "' rejects work; sending on this thread.", e);
            outbox.run();
        }
    }

    void awaits(Outbox<O, C> outbox) {
        awaiting.add(outbox);
    }

    void ended(Outbox<O, C> outbox) {
        if (!awaiting.isEmpty()) {
            awaiting.remove(outbox);
        }
    }

    void failed(Entry<O, C> entry, @Nullable CloseReason reason, Throwable failure) {
        failed.increment();
        warnings.warn("Sending failed for a connection of registry '" + name + "'.", failure);
        if (reason != null) {
            close.accept(entry, reason);
        }
    }

    /** Closes those whose message has been on its way for too long, and sees to it that the others move. */
    void sweep(long nowNanos) {
        for (Outbox<O, C> outbox : awaiting) {
            closeIfStalled(outbox, nowNanos);
        }
        if (own != null) {
            for (Runnable task : own.running()) {
                if (task instanceof Outbox<?, ?> outbox) {
                    closeIfStalled(cast(outbox), nowNanos);
                }
            }
            own.relieve();
        }
    }

    @SuppressWarnings("unchecked") // only outboxes of this registry run here
    private Outbox<O, C> cast(Outbox<?, ?> outbox) {
        return (Outbox<O, C>) outbox;
    }

    private void closeIfStalled(Outbox<O, C> outbox, long nowNanos) {
        if (outbox.isStalled(nowNanos, stalledNanos)) {
            close.accept(outbox.entry(), CloseReason.SLOW);
            if (!outbox.entry().open) {
                awaiting.remove(outbox);
            }
        }
    }

    /** Whether anything waits for a thread or is being sent. */
    boolean isBusy() {
        return !awaiting.isEmpty()
                || (own != null && (own.waiting() > 0 || !own.running().isEmpty()));
    }

    void relieve() {
        if (own != null) {
            own.relieve();
        }
    }

    long now() {
        long now = nanoTime.getAsLong();
        return now == 0 ? 1 : now;
    }

    long failedSends() {
        return failed.sum();
    }

    long droppedMessages() {
        return dropped.sum();
    }
}

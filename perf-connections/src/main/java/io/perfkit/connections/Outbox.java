package io.perfkit.connections;

import java.util.ArrayDeque;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be sent to one connection. Messages go out in the order in which they came, and one at a time: while one
 * is being sent, whichever thread brings the next only leaves it here. It is bounded in messages and bytes.
 */
final class Outbox<O, C> implements Runnable {
    /** What a message met. */
    enum Outcome {
        TAKEN,
        TAKEN_FOR_AN_OLDER_ONE,
        REFUSED
    }

    private final Entry<O, C> entry;
    private final Outboxes<O, C> outboxes;

    /** Guarded by this. */
    private final ArrayDeque<Message<C>> queue = new ArrayDeque<>(2);

    private long queuedBytes;
    private boolean scheduled;

    /** When the message that is being sent was begun; 0 while none is. */
    private volatile long sendingSince;

    Outbox(Entry<O, C> entry, Outboxes<O, C> outboxes) {
        this.entry = entry;
        this.outboxes = outboxes;
    }

    record Message<C>(
            Sending<? super C> action, long bytes, @Nullable CloseReason closesOnFailure) {}

    /** Leaves a message. If {@link #isToBeRun()} afterwards, the caller has to see to it that this is run. */
    synchronized Outcome offer(Message<C> message) {
        Outcome outcome = Outcome.TAKEN;
        while (!queue.isEmpty()
                && (queue.size() >= outboxes.maximumMessages || queuedBytes + message.bytes > outboxes.maximumBytes)) {
            if (outboxes.whenSlow == WhenSlow.CLOSE) {
                return Outcome.REFUSED;
            }
            queuedBytes -= queue.removeFirst().bytes;
            outcome = Outcome.TAKEN_FOR_AN_OLDER_ONE;
        }
        queue.addLast(message);
        queuedBytes += message.bytes;
        return outcome;
    }

    /** True once for each time that it has to be run. */
    synchronized boolean isToBeRun() {
        if (scheduled || queue.isEmpty()) {
            return false;
        }
        scheduled = true;
        return true;
    }

    private synchronized @Nullable Message<C> next() {
        Message<C> message = entry.open ? queue.pollFirst() : null;
        if (message == null) {
            scheduled = false;
            if (!entry.open) {
                queue.clear();
                queuedBytes = 0;
            }
        } else {
            queuedBytes -= message.bytes;
        }
        return message;
    }

    /** Sends what is there, until a message takes its time, which goes on with the rest when it has ended. */
    @Override
    public void run() {
        for (Message<C> message = next(); message != null; message = next()) {
            if (!send(message)) {
                return;
            }
        }
    }

    private boolean send(Message<C> message) {
        sendingSince = outboxes.now();
        try {
            CompletionStage<?> stage = message.action.send(entry.connection);
            if (stage != null) {
                outboxes.awaits(this);
                boolean[] here = {true};
                boolean[] done = {false};
                stage.whenComplete((value, failure) -> {
                    boolean inline;
                    synchronized (here) {
                        inline = here[0];
                        done[0] = true;
                    }
                    ended(message, failure);
                    if (!inline) {
                        outboxes.goOn(this);
                    }
                });
                synchronized (here) {
                    here[0] = false;
                    return done[0];
                }
            }
        } catch (Throwable e) {
            ended(message, e);
            return true;
        }
        ended(message, null);
        return true;
    }

    private void ended(Message<C> message, @Nullable Throwable failure) {
        sendingSince = 0;
        outboxes.ended(this);
        if (failure != null) {
            outboxes.failed(entry, message.closesOnFailure, failure);
        }
    }

    /** Whether one message has been on its way for longer than this. */
    boolean isStalled(long nowNanos, long afterNanos) {
        long since = sendingSince;
        return since != 0 && nowNanos - since >= afterNanos;
    }

    Entry<O, C> entry() {
        return entry;
    }
}

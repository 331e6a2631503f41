package io.perfkit.testkit.proxy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a connection: takes bytes from one channel and brings them to the other, in order, when they are due.
 *
 * <p>The end of the stream and its reset travel through the same queue as the bytes, so that they, too, are late, held
 * back or lost. A flow that has lost anything loses everything after it: the sink is never given a stream with a hole.
 */
final class Flow {
    private static final int MOST_IN_FLIGHT = 1 << 20;

    /** Bytes, or a mark if there are none. */
    private static final class Parcel {
        final @Nullable ByteBuffer bytes;
        final boolean reset;
        long dueNanos;

        Parcel(@Nullable ByteBuffer bytes, boolean reset, long dueNanos) {
            this.bytes = bytes;
            this.reset = reset;
            this.dueNanos = dueNanos;
        }
    }

    private final Network network;
    private final Connection connection;
    private final boolean towardsServer;
    private final SocketChannel source;
    private final SocketChannel sink;
    private final SelectionKey sourceKey;
    private final SelectionKey sinkKey;
    private final Throttle throttle;
    private final Alarm alarm;
    private final Deque<Parcel> queue = new ArrayDeque<>();
    private long queuedBytes;
    private long lastDueNanos = System.nanoTime();
    private boolean sinkOpen;
    private boolean sinkFull;
    private boolean sourceEnded;
    private boolean lost;
    private boolean over;

    Flow(Network network, Connection connection, boolean towardsServer, SelectionKey sourceKey, SelectionKey sinkKey) {
        this.network = network;
        this.connection = connection;
        this.towardsServer = towardsServer;
        this.sourceKey = sourceKey;
        this.sinkKey = sinkKey;
        this.source = (SocketChannel) sourceKey.channel();
        this.sink = (SocketChannel) sinkKey.channel();
        this.throttle = network.throttle(towardsServer);
        this.alarm = new Alarm(network.loop(), this::flush);
    }

    /** The sink is connected. */
    void open() {
        sinkOpen = true;
        flush();
    }

    /** Whether the end of the stream has been delivered or lost: nothing more will come. */
    boolean isOver() {
        return over;
    }

    /** The source has something. */
    void read() {
        ByteBuffer bytes = network.scratch().clear();
        int count;
        try {
            count = source.read(bytes);
        } catch (IOException e) {
            connection.broken(this);
            return;
        }
        bytes.flip();
        if (count == 0) {
            return;
        }
        if (count < 0) {
            end(false);
        } else if (lost || network.loses(towardsServer)) {
            lost = true;
        } else if (!isFree() || write(bytes, count) >= 0) {
            enqueue(bytes);
        }
    }

    /** Whether bytes may go straight from the source to the sink. */
    private boolean isFree() {
        return queue.isEmpty() && network.delayNanos() == 0 && !throttle.isLimiting() && mayPass();
    }

    private void enqueue(ByteBuffer bytes) {
        int count = bytes.remaining();
        if (count > 0) {
            queue.add(new Parcel(ByteBuffer.allocate(count).put(bytes).flip(), false, due()));
            queuedBytes += count;
            flush();
        }
    }

    /** The source is dead; the other end is to see a reset. */
    void sourceBroken() {
        end(true);
    }

    private void end(boolean reset) {
        if (sourceEnded && !reset) {
            return;
        }
        sourceEnded = true;
        updateReading();
        queue.add(new Parcel(null, reset, due()));
        flush();
    }

    /** The sink is dead, so whatever comes is lost. */
    void lose() {
        lost = true;
        flush();
    }

    /** The sink takes bytes again. */
    void writable() {
        sinkFull = false;
        sinkKey.interestOpsAnd(~SelectionKey.OP_WRITE);
        flush();
    }

    /** What was to be delivered later is due now. */
    void hurry() {
        long now = System.nanoTime();
        lastDueNanos = now;
        queue.forEach(parcel -> parcel.dueNanos = now);
        flush();
    }

    private long due() {
        long due = System.nanoTime() + network.delayNanos();
        // Never before what came earlier, even if the delay has been reduced.
        lastDueNanos = due - lastDueNanos > 0 ? due : lastDueNanos;
        return lastDueNanos;
    }

    /** Sends what can be sent now. */
    void flush() {
        if (connection.isClosed()) {
            return;
        }
        if (lost || network.loses(towardsServer)) {
            discard();
        } else if (throttle.isLimiting()) {
            if (canSend()) {
                throttle.enter(this);
            } else {
                awaitDue();
            }
        } else {
            send(Integer.MAX_VALUE);
        }
    }

    private void discard() {
        if (!queue.isEmpty()) {
            lost = true;
        }
        queue.clear();
        queuedBytes = 0;
        if (sinkFull) {
            sinkFull = false;
            sinkKey.interestOpsAnd(~SelectionKey.OP_WRITE);
        }
        updateReading();
        if (lost && sourceEnded) {
            over = true;
            connection.settle();
        }
    }

    /** Whether there is something that may leave at once. */
    boolean canSend() {
        Parcel first = queue.peek();
        return first != null && mayPass() && first.dueNanos - System.nanoTime() <= 0;
    }

    private boolean mayPass() {
        return sinkOpen
                && !sinkFull
                && !lost
                && !network.isStalled()
                && !network.loses(towardsServer)
                && !connection.isClosed();
    }

    /** Sends what is due, up to a number of bytes, and returns how many it was. */
    int send(int most) {
        int sent = 0;
        while (sent < most && canSend()) {
            Parcel first = queue.element();
            if (first.bytes == null) {
                queue.remove();
                deliverEnd(first.reset);
                return sent;
            }
            int count = write(first.bytes, most - sent);
            if (count < 0) {
                return sent;
            }
            sent += count;
            queuedBytes -= count;
            if (!first.bytes.hasRemaining()) {
                queue.remove();
            } else if (sent < most) {
                sinkFull = true;
                sinkKey.interestOpsOr(SelectionKey.OP_WRITE);
            }
        }
        updateReading();
        awaitDue();
        return sent;
    }

    /** Returns how many bytes the sink took, or a negative number if it is dead. */
    private int write(ByteBuffer bytes, int most) {
        int end = bytes.limit();
        bytes.limit(bytes.position() + Math.min(most, bytes.remaining()));
        try {
            int count = sink.write(bytes);
            network.passed(towardsServer, count);
            return count;
        } catch (IOException e) {
            connection.brokenAtSinkOf(this);
            return -1;
        } finally {
            bytes.limit(end);
        }
    }

    private void deliverEnd(boolean reset) {
        if (reset) {
            connection.reset();
            return;
        }
        over = true;
        try {
            sink.shutdownOutput();
        } catch (IOException e) {
            connection.brokenAtSinkOf(this);
            return;
        }
        connection.settle();
    }

    private void awaitDue() {
        Parcel first = queue.peek();
        if (first != null && mayPass()) {
            alarm.setTo(first.dueNanos);
        }
    }

    /** Reads on while there is room, so that a slow sink slows down the source. */
    private void updateReading() {
        if (connection.isClosed() || !sourceKey.isValid() || (sourceKey.interestOps() & SelectionKey.OP_CONNECT) != 0) {
            return;
        }
        if (sourceEnded || queuedBytes >= MOST_IN_FLIGHT) {
            sourceKey.interestOpsAnd(~SelectionKey.OP_READ);
        } else {
            sourceKey.interestOpsOr(SelectionKey.OP_READ);
        }
    }
}

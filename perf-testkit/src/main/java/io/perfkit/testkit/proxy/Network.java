package io.perfkit.testkit.proxy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** The connections of a proxy and the faults that hold for all of them. */
final class Network {
    enum Mode {
        PASS,
        STALL,
        DROP,
        HALF_OPEN,
        REFUSE
    }

    private final EventLoop loop;
    private final Set<Connection> connections = new HashSet<>();
    private final Throttle toServer;
    private final Throttle toClient;
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(64 * 1024);
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong bytesToServer = new AtomicLong();
    private final AtomicLong bytesToClient = new AtomicLong();
    private volatile int open;
    private volatile Mode mode = Mode.PASS;
    private volatile long delayNanos;

    Network(EventLoop loop) {
        this.loop = loop;
        this.toServer = new Throttle(loop);
        this.toClient = new Throttle(loop);
    }

    EventLoop loop() {
        return loop;
    }

    Throttle throttle(boolean towardsServer) {
        return towardsServer ? toServer : toClient;
    }

    /** For reading into; empty between uses. */
    ByteBuffer scratch() {
        return scratch;
    }

    long delayNanos() {
        return delayNanos;
    }

    boolean isStalled() {
        return mode == Mode.STALL;
    }

    boolean loses(boolean towardsServer) {
        return mode == Mode.DROP || (mode == Mode.HALF_OPEN && !towardsServer);
    }

    void passed(boolean towardsServer, long bytes) {
        (towardsServer ? bytesToServer : bytesToClient).addAndGet(bytes);
    }

    void connect(SocketChannel client, InetSocketAddress target) throws IOException {
        accepted.incrementAndGet();
        Connection connection;
        try {
            connection = new Connection(this, client);
        } catch (IOException e) {
            client.close();
            throw e;
        }
        connections.add(connection);
        open = connections.size();
        connection.connect(target);
    }

    void closed(Connection connection) {
        connections.remove(connection);
        open = connections.size();
    }

    void delay(long nanos) {
        delayNanos = nanos;
    }

    void throttle(long bytesPerSecond) {
        toServer.limit(bytesPerSecond);
        toClient.limit(bytesPerSecond);
        flushAll();
    }

    void mode(Mode next) {
        mode = next;
        if (next == Mode.REFUSE) {
            reset();
        } else {
            flushAll();
        }
    }

    void heal() {
        mode = Mode.PASS;
        delayNanos = 0;
        toServer.unlimited();
        toClient.unlimited();
        for (Connection connection : new ArrayList<>(connections)) {
            connection.hurry();
        }
    }

    void reset() {
        for (Connection connection : new ArrayList<>(connections)) {
            connection.reset();
        }
    }

    private void flushAll() {
        for (Connection connection : new ArrayList<>(connections)) {
            connection.flush();
        }
    }

    int openConnections() {
        return open;
    }

    long acceptedConnections() {
        return accepted.get();
    }

    long bytesToServer() {
        return bytesToServer.get();
    }

    long bytesToClient() {
        return bytesToClient.get();
    }

    @Override
    public String toString() {
        return mode + ", delay " + delayNanos / 1_000_000 + " ms, " + open + " connections";
    }
}

package io.perfkit.testkit.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * A TCP proxy on the loopback address that passes bytes to a server and back, and misbehaves as a network does.
 *
 * <p>Faults of four kinds can be set at any time and take effect for connections that exist as for new ones:
 *
 * <ul>
 *   <li>{@link #delay} and {@link #throttle} slow it down. They may be combined with each other and with the rest.
 *   <li>{@link #stall} holds back what is sent and loses nothing: a network that is away for a moment.
 *   <li>{@link #drop} and {@link #halfOpen} lose what is sent: a firewall that has forgotten the connection, a peer that
 *       is gone without a word.
 *   <li>{@link #cut} and {@link #refuse} are heard: connections are reset, new ones are turned away.
 * </ul>
 *
 * <p>Of stall, drop, halfOpen and refuse the last one set replaces the one before; {@link #heal} takes away every fault.
 * What has reached the proxy when a fault is set is still treated as before, and the method returns when the fault is in
 * effect: after {@code drop()} not one byte passes any more.
 *
 * <p>No fault ever tears a stream apart: from the first byte of a direction that is lost, everything later in that
 * direction of that connection is lost too, even after {@code heal()}. Otherwise a peer would be handed the second half
 * of a message, which TCP never does. So what a healed proxy leaves behind is a silent old connection beside healthy new
 * ones; {@code cut()} ends it.
 *
 * <p>The server behind is connected when a client has been accepted, so a client of a server that is down sees its
 * connection reset and not refused.
 *
 * <p>One daemon thread serves all connections of a proxy, without blocking and without polling; hundreds of connections
 * are no load. The counters are exact: they include what a peer of the proxy has already seen. Delays are kept to the millisecond. All methods are safe for use by several threads.
 */
public final class FaultProxy implements AutoCloseable {
    private final EventLoop loop;
    private final Network network;
    private final Listener listener;

    private FaultProxy(EventLoop loop, Network network, Listener listener) {
        this.loop = loop;
        this.network = network;
        this.listener = listener;
    }

    /**
     * Opens a proxy in front of a server, on a free port.
     *
     * @throws UncheckedIOException if no port can be bound
     */
    public static FaultProxy to(String host, int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port must be between 1 and 65535, but was " + port);
        }
        try {
            EventLoop loop = new EventLoop();
            Network network = new Network(loop);
            Listener listener = new Listener(loop, network, new InetSocketAddress(host, port));
            try {
                listener.bindAnywhere();
            } catch (IOException e) {
                loop.discard();
                throw e;
            }
            loop.start("fault-proxy-" + listener.port());
            return new FaultProxy(loop, network, listener);
        } catch (IOException e) {
            throw new UncheckedIOException("no proxy to " + host + ":" + port + " can be opened", e);
        }
    }

    /** The address to connect to, always {@code 127.0.0.1}. */
    public String host() {
        return Listener.LOOPBACK;
    }

    /** The port to connect to, the same for the life of the proxy. */
    public int port() {
        return listener.port();
    }

    /**
     * Delivers every byte this much later, in each direction: an answer takes twice as long more. The amount of data in
     * flight is limited to 1 MiB per connection and direction.
     */
    public void delay(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("delay must not be negative, but was " + delay);
        }
        long nanos = delay.toNanos();
        loop.call(() -> network.delay(nanos));
    }

    /** Limits the rate in each direction to what all connections share, fairly. */
    public void throttle(long bytesPerSecond) {
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException("bytesPerSecond must be at least 1, but was " + bytesPerSecond);
        }
        loop.call(() -> network.throttle(bytesPerSecond));
    }

    /** Holds back everything in both directions; {@link #heal} lets it through. Nothing is lost. */
    public void stall() {
        mode(Network.Mode.STALL);
    }

    /** Loses everything in both directions, ends of connections included. They stay open, and new ones are accepted. */
    public void drop() {
        mode(Network.Mode.DROP);
    }

    /** Loses everything that comes from the server, while what clients send still reaches it. */
    public void halfOpen() {
        mode(Network.Mode.HALF_OPEN);
    }

    /** Resets the connections that exist. New ones are treated as before. */
    public void cut() {
        loop.call(network::reset);
    }

    /** Resets the connections that exist and refuses new ones, as a server does that is not there. */
    public void refuse() {
        mode(Network.Mode.REFUSE);
    }

    /**
     * Takes away every fault: what was held back or delayed is delivered at once. Directions that have lost bytes stay
     * silent.
     *
     * @throws UncheckedIOException if another process has taken the port since {@link #refuse}
     */
    public void heal() {
        loop.call(() -> {
            listener.open();
            network.heal();
        });
    }

    private void mode(Network.Mode mode) {
        loop.call(() -> {
            if (mode == Network.Mode.REFUSE) {
                listener.close();
            } else {
                listener.open();
            }
            network.mode(mode);
        });
    }

    /** How many connections of clients exist now. */
    public int openConnections() {
        loop.settle();
        return network.openConnections();
    }

    /** How many connections of clients have been accepted in all. */
    public long acceptedConnections() {
        loop.settle();
        return network.acceptedConnections();
    }

    /** How many bytes have been handed to the server in all; lost ones are not counted. */
    public long bytesToServer() {
        loop.settle();
        return network.bytesToServer();
    }

    /** How many bytes have been handed to clients in all; lost ones are not counted. */
    public long bytesToClient() {
        loop.settle();
        return network.bytesToClient();
    }

    /** Resets all connections and closes the port. Calling it again does nothing; the other methods fail then. */
    @Override
    public void close() {
        loop.stop(() -> {
            listener.close();
            network.reset();
        });
    }

    @Override
    public String toString() {
        return "FaultProxy " + host() + ":" + port() + " to " + listener.target() + " [" + network + "]";
    }
}

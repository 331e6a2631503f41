package io.perfkit.testkit.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** A client's connection and the one to the server that belongs to it, with a flow in each direction. */
final class Connection {
    private final Network network;
    private final SocketChannel client;
    private final SocketChannel server;
    private final SelectionKey serverKey;
    private final Flow toServer;
    private final Flow toClient;
    private boolean closed;

    /** Takes over an accepted client; if this fails, the client remains the caller's. */
    Connection(Network network, SocketChannel client) throws IOException {
        this.network = network;
        this.client = client;
        this.server = SocketChannel.open();
        try {
            Selector selector = network.loop().selector();
            prepare(client);
            prepare(server);
            SelectionKey clientKey = client.register(selector, SelectionKey.OP_READ);
            serverKey = server.register(selector, 0);
            toServer = new Flow(network, this, true, clientKey, serverKey);
            toClient = new Flow(network, this, false, serverKey, clientKey);
            clientKey.attach(handler(toServer, toClient));
            serverKey.attach(handler(toClient, toServer));
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    private static void prepare(SocketChannel channel) throws IOException {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    /** What happens at one of the two channels: one flow takes bytes out of it, the other brings bytes to it. */
    private EventLoop.Handler handler(Flow outOf, Flow into) {
        return key -> {
            int ready = key.readyOps();
            if ((ready & SelectionKey.OP_CONNECT) != 0) {
                finishConnect();
                return;
            }
            if ((ready & SelectionKey.OP_WRITE) != 0) {
                into.writable();
            }
            if (!closed && (ready & SelectionKey.OP_READ) != 0) {
                outOf.read();
            }
        };
    }

    void connect(InetSocketAddress target) {
        toClient.open();
        try {
            if (server.connect(target)) {
                connected();
            } else {
                serverKey.interestOps(SelectionKey.OP_CONNECT);
            }
        } catch (IOException refused) {
            broken(toClient);
        }
    }

    private void finishConnect() {
        try {
            if (server.finishConnect()) {
                connected();
            }
        } catch (IOException refused) {
            broken(toClient);
        }
    }

    private void connected() {
        serverKey.interestOps(SelectionKey.OP_READ);
        toServer.open();
    }

    /** The source of a flow is dead: nothing can be brought to it by the other flow, and the sink is to be told. */
    void broken(Flow flow) {
        Flow opposite = flow == toServer ? toClient : toServer;
        opposite.lose();
        flow.sourceBroken();
    }

    void brokenAtSinkOf(Flow flow) {
        broken(flow == toServer ? toClient : toServer);
    }

    void flush() {
        toServer.flush();
        toClient.flush();
    }

    /** Delivers now what was to be delivered later. */
    void hurry() {
        toServer.hurry();
        toClient.hurry();
    }

    boolean isClosed() {
        return closed;
    }

    /** Closes both channels if nothing more can flow in either direction. */
    void settle() {
        if (!closed && toServer.isOver() && toClient.isOver()) {
            close();
        }
    }

    /** Closes both channels so that both ends see them reset. */
    void reset() {
        if (!closed) {
            linger(client);
            linger(server);
            close();
        }
    }

    private static void linger(SocketChannel channel) {
        try {
            // Zero seconds: what is left is thrown away and the other end is sent a reset.
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException alreadyDead) {
            // Then its other end knows.
        }
    }

    private void close() {
        closed = true;
        network.closed(this);
        try {
            client.close();
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException("a connection of the proxy cannot be closed", e);
        }
    }
}

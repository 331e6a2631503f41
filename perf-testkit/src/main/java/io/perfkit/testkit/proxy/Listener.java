package io.perfkit.testkit.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The port of a proxy. It can be closed and opened again under the same number. */
final class Listener implements EventLoop.Handler {
    static final String LOOPBACK = "127.0.0.1";

    // Below the range from which systems take ports of outgoing connections, so that a closed port is not taken soon.
    private static final int LOWEST_PORT = 15_000;
    private static final int HIGHEST_PORT = 29_999;
    private static final int BACKLOG = 1_024;

    private final EventLoop loop;
    private final Network network;
    private final InetSocketAddress target;
    private int port;
    private @Nullable ServerSocketChannel channel;

    Listener(EventLoop loop, Network network, InetSocketAddress target) {
        this.loop = loop;
        this.network = network;
        this.target = target;
    }

    int port() {
        return port;
    }

    InetSocketAddress target() {
        return target;
    }

    /** Opens a port that is free, before the loop runs. */
    void bindAnywhere() throws IOException {
        BindException last = null;
        for (int attempt = 0; attempt < 1_000; attempt++) {
            port = ThreadLocalRandom.current().nextInt(LOWEST_PORT, HIGHEST_PORT + 1);
            try {
                bind();
                return;
            } catch (BindException taken) {
                last = taken;
            }
        }
        throw new IOException("no free port found between " + LOWEST_PORT + " and " + HIGHEST_PORT, last);
    }

    /** Opens the port if it is closed. */
    void open() {
        if (channel == null) {
            try {
                bind();
            } catch (IOException e) {
                throw new UncheckedIOException("the proxy cannot get back its port " + port, e);
            }
        }
    }

    private void bind() throws IOException {
        ServerSocketChannel opened = ServerSocketChannel.open();
        try {
            opened.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            opened.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), BACKLOG);
            opened.configureBlocking(false);
            opened.register(loop.selector(), SelectionKey.OP_ACCEPT, this);
        } catch (IOException e) {
            opened.close();
            throw e;
        }
        channel = opened;
    }

    void close() {
        ServerSocketChannel open = channel;
        channel = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                throw new UncheckedIOException("the proxy cannot close its port " + port, e);
            }
        }
    }

    @Override
    public void ready(SelectionKey key) {
        ServerSocketChannel open = channel;
        if (open == null) {
            return;
        }
        try {
            for (SocketChannel client = open.accept(); client != null; client = open.accept()) {
                network.connect(client, target);
            }
        } catch (IOException e) {
            // The client went away before it was accepted, or there is no file descriptor for it; it will see that.
        }
    }
}

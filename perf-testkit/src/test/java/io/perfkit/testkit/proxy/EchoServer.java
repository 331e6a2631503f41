package io.perfkit.testkit.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Sends back what it is sent, and at the end of a client's stream ends its own. */
final class EchoServer implements AutoCloseable {
    private final ServerSocket listener;
    private final Thread acceptor;
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();

    EchoServer() throws IOException {
        listener = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
        acceptor = start(this::acceptAll, "echo-accept");
    }

    private static Thread start(Runnable action, String name) {
        Thread thread = new Thread(null, action, name, 128 * 1024);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void acceptAll() {
        try {
            while (true) {
                Socket connection = listener.accept();
                connection.setTcpNoDelay(true);
                connections.add(connection);
                start(() -> echo(connection), "echo");
            }
        } catch (IOException closed) {
            // close() has been called.
        }
    }

    private void echo(Socket connection) {
        byte[] buffer = new byte[16 * 1024];
        try {
            InputStream in = connection.getInputStream();
            OutputStream out = connection.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                received.addAndGet(count);
                out.write(buffer, 0, count);
            }
            connection.shutdownOutput();
        } catch (IOException reset) {
            // So the stream has ended, too.
        }
        ended.incrementAndGet();
    }

    int port() {
        return listener.getLocalPort();
    }

    /** How many bytes have arrived. */
    long received() {
        return received.get();
    }

    /** How many connections have been accepted. */
    int accepted() {
        return connections.size();
    }

    /** How many connections have seen the end of the client's stream, in order or by a reset. */
    long ended() {
        return ended.get();
    }

    void resetAll() {
        try {
            for (Socket connection : connections) {
                connection.setSoLinger(true, 0);
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns when no client can get in any more: a pending accept outlives the closing of its socket a little. */
    @Override
    public void close() throws IOException {
        listener.close();
        try {
            acceptor.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        for (Socket connection : connections) {
            connection.close();
        }
    }
}

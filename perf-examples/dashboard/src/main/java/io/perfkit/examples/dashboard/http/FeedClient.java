package io.perfkit.examples.dashboard.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Opens thousands of live feeds from one thread and keeps every one that the server accepts, as impatient visitors do.
 * Counts on its own, so that what the server says about its limits is checked from outside. For one thread.
 */
public final class FeedClient implements AutoCloseable {

    /** Attempts that may be under way at once: enough for a race, few enough for any listen queue. */
    private static final int UNDER_WAY = 100;

    /** One connection and what the server has said on it so far. */
    private static final class Feed {
        final String user;
        final long startNanos = System.nanoTime();
        final StringBuilder head = new StringBuilder(16);
        boolean accepted;

        Feed(String user) {
            this.user = user;
        }
    }

    private final InetSocketAddress server;
    private final String path;
    private final Selector selector = Selector.open();
    private final ByteBuffer buffer = ByteBuffer.allocate(8 << 10);
    private final Map<String, Integer> openByUser = new HashMap<>();
    private final List<Long> answerNanos = new ArrayList<>();
    private int underWay;
    private int open;
    private int rejected;
    private int mostOpen;
    private int mostOpenOfOneUser;

    /**
     * A client without connections.
     *
     * @param base where the server is
     * @param path of the feed; the name of the user is appended
     */
    public FeedClient(URI base, String path) throws IOException {
        server = new InetSocketAddress(base.getHost(), base.getPort());
        this.path = path;
    }

    /** Makes one attempt per user of the list and returns when each has been accepted or rejected. */
    public void attempt(List<String> users, Duration within) throws IOException {
        long deadline = System.nanoTime() + within.toNanos();
        Iterator<String> next = users.iterator();
        while (next.hasNext() || underWay > 0) {
            if (System.nanoTime() > deadline) {
                throw new IOException("the server left " + underWay + " attempts without an answer for " + within);
            }
            while (next.hasNext() && underWay < UNDER_WAY) {
                connect(next.next());
            }
            turn(100);
        }
    }

    /** Reads what has arrived, so that connections closed by the server are noticed. */
    public void listen(Duration time) throws IOException {
        long deadline = System.nanoTime() + time.toNanos();
        for (long left = time.toMillis(); left > 0; left = (deadline - System.nanoTime()) / 1_000_000) {
            turn(left);
        }
    }

    /** How long each attempt waited to be accepted or rejected. */
    public List<Long> answerNanos() {
        return List.copyOf(answerNanos);
    }

    public int open() {
        return open;
    }

    public int rejected() {
        return rejected;
    }

    public int mostOpen() {
        return mostOpen;
    }

    public int mostOpenOfOneUser() {
        return mostOpenOfOneUser;
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }

    private void connect(String user) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        boolean connected = channel.connect(server);
        SelectionKey key =
                channel.register(selector, connected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT, new Feed(user));
        underWay++;
        if (connected) {
            request(channel, (Feed) key.attachment());
        }
    }

    private void request(SocketChannel channel, Feed feed) throws IOException {
        String text = "GET " + path + feed.user + " HTTP/1.1\r\nHost: " + server.getHostString()
                + "\r\nAccept: text/event-stream\r\n\r\n";
        ByteBuffer bytes = StandardCharsets.US_ASCII.encode(text);
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private void turn(long millis) throws IOException {
        selector.select(
                key -> {
                    SocketChannel channel = (SocketChannel) key.channel();
                    Feed feed = (Feed) key.attachment();
                    try {
                        if (key.isConnectable()) {
                            channel.finishConnect();
                            key.interestOps(SelectionKey.OP_READ);
                            request(channel, feed);
                        } else {
                            read(key, channel, feed);
                        }
                    } catch (IOException e) {
                        gone(key, channel, feed);
                    }
                },
                millis);
    }

    private void read(SelectionKey key, SocketChannel channel, Feed feed) throws IOException {
        buffer.clear();
        int count = channel.read(buffer);
        if (count < 0) {
            gone(key, channel, feed);
            return;
        }
        // "HTTP/1.1 200": the first twelve characters say all that matters.
        for (int i = 0; i < count && feed.head.length() < 12; i++) {
            feed.head.append((char) buffer.get(i));
        }
        if (!feed.accepted && feed.head.length() == 12) {
            if (feed.head.toString().endsWith(" 200")) {
                accepted(feed);
            } else {
                gone(key, channel, feed);
            }
        }
    }

    private void accepted(Feed feed) {
        feed.accepted = true;
        answered(feed);
        open++;
        mostOpen = Math.max(mostOpen, open);
        mostOpenOfOneUser = Math.max(mostOpenOfOneUser, openByUser.merge(feed.user, 1, Integer::sum));
    }

    private void answered(Feed feed) {
        underWay--;
        answerNanos.add(System.nanoTime() - feed.startNanos);
    }

    private void gone(SelectionKey key, SocketChannel channel, Feed feed) {
        if (feed.accepted) {
            open--;
            openByUser.merge(feed.user, -1, Integer::sum);
        } else {
            answered(feed);
            rejected++;
        }
        key.cancel();
        try {
            channel.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }
}

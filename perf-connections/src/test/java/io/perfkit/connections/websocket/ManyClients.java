package io.perfkit.connections.websocket;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Thousands of WebSocket clients on one thread, who count what they get. They know as much of RFC 6455 as that needs. */
final class ManyClients implements AutoCloseable {
    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int CLOSE = 8;

    private final Selector selector;
    private final Thread thread = new Thread(this::run, "clients");
    private final Queue<SelectionKey> changed = new ConcurrentLinkedQueue<>();
    private volatile boolean ended;

    ManyClients() throws IOException {
        selector = Selector.open();
        thread.setDaemon(true);
        thread.start();
    }

    /** One client. Its fields are written by the one thread. */
    static final class Client {
        private final SocketChannel channel;
        private final ByteBuffer in = ByteBuffer.allocate(4_096);

        /** What is still to come of a message that does not fit in there. */
        private long unread;

        /** Whether the message ends with this frame; a server may send it in several. */
        private boolean lastFrame;

        private boolean upgraded;
        volatile boolean isOpen;
        volatile long texts;

        /** When the last text arrived. */
        volatile long lastNanos;

        /** 0 until it was closed. */
        volatile int closeCode;

        private Client(SocketChannel channel) {
            this.channel = channel;
        }

        /** Sends one short text, masked by zeros, as a client has to mask. */
        void send(String text) throws IOException {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            ByteBuffer frame = ByteBuffer.allocate(6 + bytes.length);
            frame.put((byte) (0x80 | TEXT))
                    .put((byte) (0x80 | bytes.length))
                    .putInt(0)
                    .put(bytes)
                    .flip();
            while (frame.hasRemaining()) {
                channel.write(frame);
            }
        }
    }

    Client connect(int port, String path) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.SO_RCVBUF, 8_192);
        channel.connect(new InetSocketAddress("127.0.0.1", port));
        channel.write(ByteBuffer.wrap(("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                        + "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                        + "Sec-WebSocket-Version: 13\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII)));
        channel.configureBlocking(false);
        Client client = new Client(channel);
        SelectionKey key = channel.register(selector, 0, client);
        changed.add(key);
        selector.wakeup();
        return client;
    }

    /** From now on it reads nothing. */
    void stall(Client client) {
        client.channel.keyFor(selector).interestOps(0);
        selector.wakeup();
    }

    private void run() {
        try {
            while (!ended) {
                selector.select();
                for (SelectionKey key = changed.poll(); key != null; key = changed.poll()) {
                    key.interestOps(SelectionKey.OP_READ);
                }
                Iterator<SelectionKey> ready = selector.selectedKeys().iterator();
                while (ready.hasNext()) {
                    SelectionKey key = ready.next();
                    ready.remove();
                    if (key.isValid()) {
                        read(key, (Client) key.attachment());
                    }
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void read(SelectionKey key, Client client) {
        int n;
        try {
            n = client.channel.read(client.in);
        } catch (IOException reset) {
            n = -1;
        }
        client.in.flip();
        if (!client.upgraded) {
            upgrade(client);
        }
        boolean more = client.upgraded;
        while (more) {
            more = frame(client);
        }
        client.in.compact();
        if (n < 0) {
            client.isOpen = false;
            key.cancel();
            close(client.channel);
        }
    }

    private static void upgrade(Client client) {
        String head = StandardCharsets.US_ASCII.decode(client.in.duplicate()).toString();
        int end = head.indexOf("\r\n\r\n");
        if (end >= 0) {
            client.upgraded = head.startsWith("HTTP/1.1 101");
            client.isOpen = client.upgraded;
            client.in.position(client.in.position() + end + 4);
        }
    }

    /** Reads one frame, or what is there of it; false if more has to come first. */
    private static boolean frame(Client client) {
        ByteBuffer in = client.in;
        if (client.unread > 0) {
            int here = (int) Math.min(client.unread, in.remaining());
            in.position(in.position() + here);
            client.unread -= here;
            if (client.unread == 0) {
                arrived(client);
            }
            return client.unread == 0;
        }
        int start = in.position();
        if (in.remaining() < 10 && !(in.remaining() >= 2 && in.remaining() >= 2 + (in.get(start + 1) & 0x7f))) {
            return false;
        }
        byte first = in.get();
        int code = first & 0x0f;
        boolean isText = code == TEXT || code == CONTINUATION;
        long length = in.get() & 0x7f;
        if (length == 126) {
            length = in.getShort() & 0xffff;
        } else if (length == 127) {
            length = in.getLong();
        }
        if (isText && length > 125) {
            client.lastFrame = first < 0;
            client.unread = length;
            return true;
        }
        if (in.remaining() < length) {
            in.position(start);
            return false;
        }
        if (isText) {
            client.lastFrame = first < 0;
            arrived(client);
        } else if (code == CLOSE && length >= 2) {
            client.closeCode = in.getShort(in.position()) & 0xffff;
        }
        in.position(in.position() + (int) length);
        return true;
    }

    private static void arrived(Client client) {
        if (client.lastFrame) {
            client.lastNanos = System.nanoTime();
            client.texts++;
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException gone) {
            // That is what was asked for.
        }
    }

    @Override
    public void close() throws IOException {
        ended = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        List<SelectionKey> keys = new ArrayList<>(selector.keys());
        selector.close();
        keys.forEach(key -> close((SocketChannel) key.channel()));
    }
}

package io.perfkit.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds ports that nobody listens on.
 *
 * <p>They come from below the range from which systems take the local ports of outgoing connections (32768 and up on
 * Linux, 49152 and up on macOS). A server that is down for a while therefore finds its port still free, and a client
 * that keeps trying to connect to it cannot be given that very port and so connect to itself.
 *
 * <p>A port found here may be taken by another process a moment later. Whoever uses it has to try another one then.
 */
final class Ports {
    static final String LOOPBACK = "127.0.0.1";

    private static final int LOWEST = 15_000;
    private static final int HIGHEST = 29_999;

    private Ports() {}

    static int findFree() {
        for (int attempt = 0; attempt < 1_000; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST + 1);
            if (isFree(port)) {
                return port;
            }
        }
        throw new TestServerException("no free port found between " + LOWEST + " and " + HIGHEST + " on " + LOOPBACK
                + "; end some of the processes that listen there");
    }

    static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}

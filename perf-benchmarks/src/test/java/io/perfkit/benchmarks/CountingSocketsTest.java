package io.perfkit.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class CountingSocketsTest {

    @Test
    void roundTrips_ofOneRequestInParts_areOneForEachAnswerWaitedFor() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket client = new CountingSockets().createSocket(server.getInetAddress(), server.getLocalPort());
                Socket peer = server.accept()) {
            long before = CountingSockets.roundTrips();

            client.getOutputStream().write(1);
            client.getOutputStream().write(new byte[] {2, 3});
            peer.getOutputStream().write(new byte[] {4, 5, 6});
            assertThat(client.getInputStream().read()).isEqualTo(4);
            assertThat(client.getInputStream().read(new byte[2])).isPositive();
            assertThat(CountingSockets.roundTrips() - before).isEqualTo(1);

            client.getOutputStream().write(7);
            peer.getOutputStream().write(8);
            assertThat(CountingSockets.roundTrips() - before).isEqualTo(1);
            assertThat(client.getInputStream().read()).isPositive();
            assertThat(CountingSockets.roundTrips() - before).isEqualTo(2);
        }
    }
}

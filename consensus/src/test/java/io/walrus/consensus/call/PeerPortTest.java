package io.walrus.consensus.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.consensus.Echo;
import io.walrus.consensus.Ports;
import io.walrus.transport.tcp.TcpTransport;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Channels between nodes on the port of gRPC.
class PeerPortTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private static byte[] take(Echo by) throws InterruptedException {
        byte[] message = by.received.poll(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        assertThat(message).as("closed: %s", by.closed).isNotNull();
        return message;
    }

    @Test
    void whatIsNeitherAChannelNorACallEndsTheConnection() throws Exception {
        int port = Ports.free();
        Echo here = new Echo();
        Echo there = new Echo();
        try (InternalServer server = new InternalServer(port);
                TcpTransport peers = new TcpTransport()) {
            peers.listen(here);
            server.peers.listen(there);
            for (String foreign : List.of("Walrus\0\2", "GET / HTTP/1.1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nno\r\n\r\n")) {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    socket.setSoTimeout((int) TIMEOUT.toMillis());
                    socket.getOutputStream().write(foreign.getBytes(StandardCharsets.ISO_8859_1));
                    socket.getInputStream().readAllBytes();
                }
            }
            assertThat(there.received).isEmpty();
            assertThat(there.closed).isEmpty();

            Echo.ask(peers.connect("127.0.0.1:" + port), 3);
            assertThat(take(here)).hasSize(3);
        }
    }
}

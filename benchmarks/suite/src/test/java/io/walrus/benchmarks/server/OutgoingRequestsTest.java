package io.walrus.benchmarks.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutgoingRequestsTest {
    private static final List<byte[]> REQUESTS = List.of("a1".getBytes(US_ASCII), "bbb".getBytes(US_ASCII));

    @Test
    void requestsGoOutInTurnFromTheOneNamed() throws Exception {
        OutgoingRequests outgoing = OutgoingRequests.of(2, REQUESTS::get).from(1);
        try (ServerSocketChannel listener =
                        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SocketChannel client = SocketChannel.open(listener.getLocalAddress());
                SocketChannel server = listener.accept()) {
            for (int i = 0; i < 4; i++) {
                outgoing.add(1);
                assertThat(outgoing.write(client)).isTrue();
            }
            outgoing.add(2);
            assertThat(outgoing.write(client)).isTrue();

            ByteBuffer received = ByteBuffer.allocate(15);
            while (received.hasRemaining()) {
                assertThat(server.read(received)).isPositive();
            }
            assertThat(US_ASCII.decode(received.flip()).toString()).isEqualTo("bbba1bbba1bbba1");
        }
    }
}

package io.walrus.benchmarks.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class LoadThreadTest {
    private static final int DEPTH = 4;

    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES)
    void aServerThatHangsIsGivenUp() throws Exception {
        LoadProtocol wire = new WalrusFrames();
        byte[] request = wire.put("a", new byte[10]);
        try (ServerSocketChannel listener =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            LoadThread thread =
                    new LoadThread(new Meter(List.of()), DEPTH, Long.MAX_VALUE, false, Duration.ofMillis(50));
            OutgoingRequests outgoing = OutgoingRequests.repeated(List.of(request), DEPTH);
            SocketChannel channel = SocketChannel.open(listener.getLocalAddress());
            thread.add(channel, new LoadConnection(channel, wire, outgoing, DEPTH, 10));

            thread.run();

            assertThat(thread.failure()).isInstanceOf(SocketTimeoutException.class);
        }
    }
}

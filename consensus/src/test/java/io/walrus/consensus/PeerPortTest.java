package io.walrus.consensus;

import static io.walrus.consensus.LoneNode.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walrus.transport.tcp.TcpTransport;
import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Channels between nodes on the port of gRPC.
class PeerPortTest {
    @TempDir
    private Path dir;

    private static byte[] take(Echo by) throws InterruptedException {
        byte[] message = by.received.poll(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        assertThat(message).as("closed: %s", by.closed).isNotNull();
        return message;
    }

    private static void awaitClosed(Echo by, String part) {
        await().untilAsserted(() -> assertThat(by.closed).hasSize(1));
        assertThat(by.closed).singleElement().asString().contains(part).doesNotContain("\n");
    }

    @Test
    void whatIsNeitherAChannelNorACallEndsTheConnection() throws Exception {
        int port = LoneNode.freePort();
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

    @Test
    void aKilledProcessIsNoticedAtOnceByEitherSide() throws Exception {
        RaftConfig config = LoneNode.config(dir, LoneNode.freePort());
        int childsPort = LoneNode.freePort();
        Process child = Children.start(
                ChildPeer.class,
                dir.resolve("child").toString(),
                Integer.toString(childsPort),
                Integer.toString(config.port()));
        Echo there = new Echo();
        Echo here = new Echo();
        try (LoneNode node = LoneNode.start(config, there);
                TcpTransport peers = new TcpTransport();
                BufferedReader lines = child.inputReader()) {
            peers.listen(here);
            assertThat(lines.readLine()).isEqualTo("ready");
            assertThat(take(there)).hasSize(5);
            Echo.ask(peers.connect("127.0.0.1:" + childsPort), 2);
            assertThat(take(here)).hasSize(2);
            long killed = System.nanoTime();
            child.toHandle().destroyForcibly();
            awaitClosed(here, "lost the connection");
            awaitClosed(there, "connection broke");
            assertThat(System.nanoTime() - killed).isLessThan(TimeUnit.SECONDS.toNanos(5));
            assertThat(node.recorder.failures).isEmpty();
        } finally {
            child.destroyForcibly();
        }
    }
}

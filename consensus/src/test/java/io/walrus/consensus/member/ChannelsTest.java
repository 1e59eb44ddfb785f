package io.walrus.consensus.member;

import static io.walrus.consensus.member.LoneNode.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walrus.consensus.Echo;
import io.walrus.consensus.Ports;
import io.walrus.consensus.RaftConfig;
import io.walrus.transport.tcp.TcpTransport;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Channels between nodes that take part in metadata.
class ChannelsTest {
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
    void aKilledProcessIsNoticedAtOnceByEitherSide() throws Exception {
        RaftConfig config = LoneNode.config(dir, Ports.free());
        int childsPort = Ports.free();
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

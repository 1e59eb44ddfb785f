package io.walrus.benchmarks.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class LoadLoopTest {
    private static final int DEPTH = 4;
    private static final LoadProtocol WIRE = new WalrusFrames();
    private static final byte[] PUT = WIRE.put("a", new byte[10]);

    private final Meter meter = new Meter(List.of());

    @Test
    void aServerThatHangsIsGivenUp() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
            LoadLoop load = started(listener, Long.MAX_VALUE, Duration.ofMillis(50));

            assertThatThrownBy(load::stop).isInstanceOf(IOException.class).hasMessageContaining("no reply came");
        }
    }

    @Test
    void aServerThatLeavesIsTold() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
            LoadLoop load = started(listener, Long.MAX_VALUE, Duration.ofMinutes(1));
            listener.accept().close();

            assertThatThrownBy(load::stop).isInstanceOf(IOException.class);
        }
    }

    @Test
    void repliesInPiecesAreCountedAndWhatIsRefusedIsTold() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
            LoadLoop load = started(listener, 3, Duration.ofMinutes(1));
            try (Socket server = listener.accept()) {
                server.setTcpNoDelay(true);
                server.getInputStream().readNBytes(3 * PUT.length);
                for (byte piece :
                        new byte[] {2, 0, 0, 0, 'O', 'K', 2, 0, 0, 0, 'N', 'O', 5, 0, 0, 0, 'E', 'M', 'P', 'T', 'Y'}) {
                    server.getOutputStream().write(piece);
                }
                load.stop();
            }

            assertThat(meter.errors()).isEqualTo(1);
            assertThat(meter.firstError()).endsWith("NO");
            assertThat(meter.empty()).isEqualTo(1);
        }
    }

    private LoadLoop started(ServerSocket listener, long requests, Duration silence) throws Exception {
        LoadLoop load = new LoadLoop(meter, WIRE, DEPTH, requests, false);
        LoadRequests outgoing = LoadRequests.repeated(List.of(PUT), DEPTH);
        load.connect((InetSocketAddress) listener.getLocalSocketAddress(), outgoing);
        load.start(silence);
        return load;
    }
}

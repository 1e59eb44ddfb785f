package io.walrus.server.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.node.Node;
import io.walrus.node.topic.ClientMemory;
import io.walrus.protocol.Frames;
import io.walrus.server.LoneNode;
import io.walrus.server.config.ClientLimits;
import io.walrus.server.config.ListenerConfig;
import io.walrus.server.log.ReaderPool;
import io.walrus.storage.engine.EngineConfig;
import io.walrus.storage.engine.EngineListener;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.error.StorageException;
import io.walrus.storage.io.SystemClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Connections that are ended, by either side, and those that are too many.
@Timeout(60)
class ClientListenerTest {
    private static final int MAX_CONNECTIONS = 2;
    private static final int MAX_FRAME_BYTES = 1 << 20;
    private static final SilenceLimits PATIENT = new SilenceLimits(60_000, 60_000);
    private static final String TOO_MANY =
            "ERR too many connections: 2 are open, the most allowed; try another node, or again later";

    private static final String INCOMPLETE =
            "ERR frame incomplete: its end did not come in time, and the connection is closed";

    @TempDir
    private Path folder;

    private final ReaderPool readers = new ReaderPool();
    private final ClientLoops loops = new ClientLoops(1, new ClientMemory(64 << 20));
    private final List<Socket> sockets = new ArrayList<>();
    private LogEngine log;
    private final AtomicReference<EngineListener> driven = new AtomicReference<>(EngineListener.NONE);
    private AutoCloseable driver;
    private Node node;
    private int port;
    private @Nullable ClientListener listener;

    @BeforeEach
    void open() throws IOException {
        log = LogEngine.open(folder, EngineConfig.builder().minFreeBytes(0).build(), new EngineListener() {
            @Override
            public void groupDurable(long group) {
                driven.get().groupDurable(group);
            }

            @Override
            public void roomAvailable() {
                driven.get().roomAvailable();
            }

            @Override
            public void failed(StorageException cause) {
                driven.get().failed(cause);
            }
        });
        node = LoneNode.open(log, new LoneNode.Metadata(), new SystemClock(), readers, loops);
        driver = LoneNode.drive(node, loops, driven);
    }

    @AfterEach
    void close() throws Exception {
        for (Socket socket : sockets) {
            socket.close();
        }
        if (listener != null) {
            listener.close();
        }
        driver.close();
        loops.close();
        readers.close();
        log.close();
    }

    private void listen(SilenceLimits silence) throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        ClientLimits limits = new ClientLimits(MAX_CONNECTIONS, 1_000, MAX_FRAME_BYTES);
        listener = ClientListener.open(new ListenerConfig("127.0.0.1", port, 1, limits, false), loops, node, silence);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        sockets.add(socket);
        return socket;
    }

    private static void send(Socket socket, String... requests) throws IOException {
        for (String request : requests) {
            socket.getOutputStream().write(Frames.of(request.getBytes(StandardCharsets.UTF_8)));
        }
    }

    /// The next reply, or "end".
    private static String reply(Socket socket) throws IOException {
        byte[] body = Frames.read(socket.getInputStream(), Integer.MAX_VALUE);
        return body == null ? "end" : new String(body, StandardCharsets.UTF_8);
    }

    private static void assertReplies(Socket socket, String... replies) throws IOException {
        for (String expected : replies) {
            assertThat(reply(socket)).isEqualTo(expected);
        }
    }

    @Test
    void aClientThatHasSentAllGetsAllReplies() throws IOException {
        listen(PATIENT);
        Socket client = connect();
        send(client, "PUT t a", "PUT t b", "GET t", "GET t", "GET t");
        client.shutdownOutput();
        assertReplies(client, "OK", "OK", "OK a", "OK b", "EMPTY", "end");
    }

    /// The end comes while nothing is read, because the replies are not taken.
    @Test
    void aClientThatReadsLateGetsAllReplies() throws IOException {
        listen(PATIENT);
        Socket client = connect();
        String entry = "x".repeat(100_000);
        int entries = 200;
        CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
            try {
                for (int i = 0; i < entries; i++) {
                    send(client, "PUT t " + entry, "GET t");
                }
                client.shutdownOutput();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        for (int i = 0; i < entries; i++) {
            assertReplies(client, "OK", "OK " + entry);
        }
        assertReplies(client, "end");
        sent.join();
    }

    @Test
    void aClientThatEndsInTheMiddleOfAFrameGetsTheOtherReplies() throws IOException {
        listen(PATIENT);
        Socket client = connect();
        send(client, "PUT t a");
        client.getOutputStream().write(new byte[] {100, 0, 0, 0, 'P'});
        client.shutdownOutput();
        assertReplies(client, "OK", "end");
    }

    @Test
    void aFrameThatNeverEndsIsAnsweredAndItsPlaceIsFreeAgain() throws IOException {
        listen(new SilenceLimits(200, 60_000));
        byte[] frame = Frames.of("PUT t late".getBytes(StandardCharsets.UTF_8));
        for (int sent = 1; sent < frame.length; sent += 3) {
            Socket client = connect();
            send(client, "PUT t a");
            client.getOutputStream().write(Arrays.copyOf(frame, sent));
            assertReplies(client, "OK", INCOMPLETE, "end");
        }
        Socket client = connect();
        client.getOutputStream().write(new byte[] {0, 0, 32, 0, 'P', 'U', 'T'});
        assertThat(reply(client)).startsWith("ERR frame too large");
        assertReplies(client, "end");
    }

    @Test
    void aFrameMayTakeItsTimeAndAClientBetweenFramesToo() throws Exception {
        long silenceMs = 1_000;
        listen(new SilenceLimits(silenceMs, silenceMs));
        Socket quiet = connect();
        send(quiet, "PUT t a");
        assertReplies(quiet, "OK");
        Socket slow = connect();
        byte[] frame = Frames.of("PUT t an entry".getBytes(StandardCharsets.UTF_8));
        for (byte one : frame) {
            TimeUnit.MILLISECONDS.sleep(2 * silenceMs / frame.length);
            slow.getOutputStream().write(one);
        }
        assertReplies(slow, "OK");
        send(quiet, "GET t");
        assertReplies(quiet, "OK a");
    }

    @Test
    void pastTheLimitTheOperatorIsServedAndClientsAreToldWhyTheyAreNot() throws IOException {
        listen(PATIENT);
        for (int i = 0; i < MAX_CONNECTIONS; i++) {
            connect();
        }
        Socket spare = connect();
        send(spare, "METRICS", "PUT t a", "CLUSTER", "GET t", "REGISTER u", "nonsense");
        assertReplies(spare, "OK " + LoneNode.METRICS, TOO_MANY, "OK " + LoneNode.CLUSTER, TOO_MANY, TOO_MANY);
        assertThat(reply(spare)).startsWith("ERR unknown command");
    }

    @Test
    void aSparePlaceIsNotForThoseWhoSayNothing() throws IOException {
        listen(new SilenceLimits(60_000, 100));
        for (int i = 0; i < MAX_CONNECTIONS; i++) {
            connect();
        }
        Socket silent = connect();
        assertReplies(silent, TOO_MANY, "end");
    }

    @Test
    void pastTheSparePlacesTheAnswerComesBeforeTheQuestion() throws IOException {
        listen(PATIENT);
        for (int i = 0; i < MAX_CONNECTIONS + ClientListener.SPARE_PLACES; i++) {
            connect();
        }
        assertReplies(connect(), TOO_MANY, "end");
    }

    @Test
    void aNodeThatStopsAnswersWhatIsOnItsWay() throws IOException {
        listen(PATIENT);
        Socket idle = connect();
        send(idle, "PUT t a");
        assertReplies(idle, "OK");
        CompletableFuture<Void> closed = CompletableFuture.runAsync(Objects.requireNonNull(listener)::close);
        assertReplies(idle, "ERR shutting down: this node takes no more requests");
        send(idle, "PUT t b");
        assertReplies(idle, "end");
        closed.join();
        listener = null;
    }
}

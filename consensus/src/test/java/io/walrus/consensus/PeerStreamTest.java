package io.walrus.consensus;

import static io.walrus.consensus.LoneNode.TIMEOUT;
import static io.walrus.consensus.Streams.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerStreamTest {
    @TempDir
    private Path dir;

    private static byte[] take(Streams listener) throws InterruptedException {
        byte[] message = listener.received.poll(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        assertThat(message).as("closed: %s", listener.closed).isNotNull();
        return message;
    }

    private static void awaitClosed(Streams listener, String part) {
        await().untilAsserted(() -> assertThat(listener.closed).hasSize(1));
        assertThat(listener.closed).singleElement().asString().contains(part).doesNotContain("\n");
    }

    @Test
    void messagesArriveInOrderAndWholeBothWays() throws Exception {
        int port = LoneNode.freePort();
        Streams here = new Streams();
        try (StreamServer _ = new StreamServer(port, Streams.Echo::new);
                PeerDialler dialler = new PeerDialler()) {
            PeerStream stream = dialler.open("127.0.0.1", port, here);
            int count = 3000;
            for (int i = 0; i < count; i++) {
                send(stream, ByteBuffer.allocate(4 + i % 700).putInt(i).array());
            }
            for (int i = 0; i < count; i++) {
                byte[] message = take(here);
                assertThat(message).hasSize(4 + i % 700);
                assertThat(ByteBuffer.wrap(message).getInt()).isEqualTo(i);
            }
            byte[] largest = new byte[PeerStream.MAX_MESSAGE_BYTES];
            largest[largest.length - 1] = 7;
            send(stream, largest);
            send(stream, new byte[0]);
            assertThat(take(here)).isEqualTo(largest);
            assertThat(take(here)).isEmpty();
            assertThat(here.closed).isEmpty();

            assertThatThrownBy(() -> send(stream, new byte[PeerStream.MAX_MESSAGE_BYTES + 1]))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(here.closed).isEmpty();
        }
    }

    @Test
    void eitherSideEndsAStreamAndBothHearOfItOnce() throws Exception {
        int port = LoneNode.freePort();
        BlockingQueue<PeerStream> accepted = new LinkedBlockingQueue<>();
        List<Streams> there = new CopyOnWriteArrayList<>();
        PeerStreamAcceptor acceptor = stream -> {
            Streams listener = new Streams();
            there.add(listener);
            accepted.add(stream);
            return listener;
        };
        Streams first = new Streams();
        Streams second = new Streams();
        Streams third = new Streams();
        try (PeerDialler dialler = new PeerDialler()) {
            try (StreamServer _ = new StreamServer(port, acceptor)) {
                PeerStream stream = dialler.open("127.0.0.1", port, first);
                PeerStream other = accepted.take();
                send(stream, new byte[1]);
                assertThat(take(there.getFirst())).hasSize(1);
                other.close("enough");
                other.close("again");
                awaitClosed(first, "enough");
                awaitClosed(there.getFirst(), "enough");
                send(stream, new byte[1]);
                send(other, new byte[1]);
                stream.close("late");

                stream = dialler.open("127.0.0.1", port, second);
                var _ = accepted.take();
                stream.close("done");
                send(stream, new byte[1]);
                awaitClosed(second, "done");
                awaitClosed(there.get(1), "ended the stream");

                var _ = dialler.open("127.0.0.1", port, third);
                var _ = accepted.take();
            }
            awaitClosed(third, "the node stops");
            awaitClosed(there.get(2), "the node stops");
        }
        assertThat(first.closed).hasSize(1);
        assertThat(there.get(1).received).isEmpty();
    }

    @Test
    void aRefusedStreamIsToldWhy() throws Exception {
        int port = LoneNode.freePort();
        PeerStreamAcceptor broken = stream -> {
            throw new IllegalStateException("secret detail");
        };
        try (StreamServer _ = new StreamServer(port, Streams.REFUSED);
                PeerDialler dialler = new PeerDialler()) {
            Streams here = new Streams();
            var _ = dialler.open("127.0.0.1", port, here);
            awaitClosed(here, "not today");
        }
        try (StreamServer _ = new StreamServer(port, broken);
                PeerDialler dialler = new PeerDialler()) {
            Streams here = new Streams();
            var _ = dialler.open("127.0.0.1", port, here);
            awaitClosed(here, "could not be taken there");
        }
    }

    /// A stream that was taken for certain: streams opened one after the other may be taken in another order.
    private static PeerStream answered(PeerDialler dialler, int port) throws InterruptedException {
        Streams here = new Streams();
        PeerStream stream = dialler.open("127.0.0.1", port, here);
        send(stream, new byte[1]);
        assertThat(take(here)).hasSize(1);
        return stream;
    }

    @Test
    void tooManyStreamsAreRefused() throws Exception {
        int port = LoneNode.freePort();
        try (StreamServer _ = new StreamServer(port, Streams.Echo::new);
                PeerDialler dialler = new PeerDialler()) {
            PeerStream last = answered(dialler, port);
            for (int i = 1; i < PeerPort.MAX_STREAMS; i++) {
                last = answered(dialler, port);
            }
            Streams refused = new Streams();
            var _ = dialler.open("127.0.0.1", port, refused);
            awaitClosed(refused, "too many streams");
            last.close("make room");
            await().untilAsserted(() -> {
                Streams taken = new Streams();
                PeerStream stream = dialler.open("127.0.0.1", port, taken);
                send(stream, new byte[1]);
                assertThat(take(taken)).hasSize(1);
            });
        }
    }

    @Test
    void aNodeIsReachedAtOnceHoweverLongItWasAway() throws Exception {
        int port = LoneNode.freePort();
        try (PeerDialler dialler = new PeerDialler()) {
            for (int i = 0; i < 8; i++) {
                Streams nobody = new Streams();
                PeerStream stream = dialler.open("127.0.0.1", port, nobody);
                send(stream, new byte[1]);
                awaitClosed(nobody, "cannot connect to 127.0.0.1:" + port);
            }
            try (StreamServer _ = new StreamServer(port, Streams.Echo::new)) {
                Streams here = new Streams();
                send(dialler.open("127.0.0.1", port, here), new byte[3]);
                assertThat(take(here)).hasSize(3);
            }
        }
    }

    @Test
    void noCallbackComesFromWithinACallOfTheStream() {
        PeerDialler dialler = new PeerDialler();
        dialler.close();
        Streams here = new Streams();
        var _ = dialler.open("127.0.0.1", 1, here);
        awaitClosed(here, "127.0.0.1:1");
        assertThat(here.closedOn).doesNotContain(Thread.currentThread());
    }

    @Test
    void everyMessageIsGivenBackWhetherItLeftOrNot() throws Exception {
        int port = LoneNode.freePort();
        Set<ByteBuffer> under = Collections.newSetFromMap(Collections.synchronizedMap(new IdentityHashMap<>()));
        Streams here = new Streams();
        Streams nobody = new Streams();
        try (PeerDialler dialler = new PeerDialler()) {
            PeerStream stream = dialler.open("127.0.0.1", port, nobody);
            lend(stream, 10, under);
            awaitClosed(nobody, "cannot connect");
            lend(stream, 10, under);
            await().until(under::isEmpty);
            try (StreamServer _ = new StreamServer(port, Streams.Echo::new)) {
                stream = dialler.open("127.0.0.1", port, here);
                lend(stream, 100, under);
                assertThat(take(here)).hasSize(1 << 20);
                stream.close("enough");
                lend(stream, 10, under);
                await().until(under::isEmpty);
            }
        }
    }

    private static void lend(PeerStream stream, int count, Set<ByteBuffer> under) {
        for (int i = 0; i < count; i++) {
            ByteBuffer message = ByteBuffer.allocateDirect(1 << 20);
            under.add(message);
            stream.send(message, under::remove);
        }
    }

    @Test
    void aMessageMayComeByteByByteAndAForeignOneEndsTheConnection() throws Exception {
        int port = LoneNode.freePort();
        byte[] greeting = "Walrus\0\1".getBytes(StandardCharsets.ISO_8859_1);
        BlockingQueue<Streams> accepted = new LinkedBlockingQueue<>();
        PeerStreamAcceptor acceptor = _ -> {
            Streams listener = new Streams();
            accepted.add(listener);
            return listener;
        };
        try (StreamServer _ = new StreamServer(port, acceptor)) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setTcpNoDelay(true);
                for (byte each : greeting) {
                    socket.getOutputStream().write(each);
                }
                for (byte each : new byte[] {0, 0, 0, 3, 7, 8, 9, 0, 0, 0, 0, 0, 0, 0, 1, 5}) {
                    socket.getOutputStream().write(each);
                }
                Streams there = accepted.take();
                assertThat(take(there)).containsExactly(7, 8, 9);
                assertThat(take(there)).isEmpty();
                assertThat(take(there)).containsExactly(5);
                socket.getOutputStream().write(new byte[] {0x7f, 0, 0, 0});
                awaitClosed(there, "can't be understood");
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
            for (String foreign : List.of("Walrus\0\2", "GET / HTTP/1.1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nno\r\n\r\n")) {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    socket.setSoTimeout((int) TIMEOUT.toMillis());
                    socket.getOutputStream().write(foreign.getBytes(StandardCharsets.ISO_8859_1));
                    socket.getInputStream().readAllBytes();
                }
            }
            assertThat(accepted).isEmpty();
        }
    }

    @Test
    void aKilledProcessIsNoticedAtOnceByEitherSide() throws Exception {
        RaftConfig config = LoneNode.config(dir, LoneNode.freePort());
        BlockingQueue<Streams> accepted = new LinkedBlockingQueue<>();
        PeerStreamAcceptor acceptor = _ -> {
            Streams listener = new Streams();
            accepted.add(listener);
            return listener;
        };
        int childsPort = LoneNode.freePort();
        Process child = Children.start(
                ChildPeer.class,
                dir.resolve("child").toString(),
                Integer.toString(childsPort),
                Integer.toString(config.port()));
        try (LoneNode node = LoneNode.start(config, acceptor);
                PeerDialler dialler = new PeerDialler();
                BufferedReader lines = child.inputReader()) {
            assertThat(lines.readLine()).isEqualTo("ready");
            Streams there = accepted.take();
            assertThat(take(there)).hasSize(5);
            Streams here = new Streams();
            send(dialler.open("127.0.0.1", childsPort, here), new byte[2]);
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

package io.walrus.consensus;

import static io.walrus.consensus.LoneNode.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
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
                InternalClient client = new InternalClient("127.0.0.1", port)) {
            PeerStream stream = client.openStream(here);
            int count = 3000;
            for (int i = 0; i < count; i++) {
                stream.send(ByteBuffer.allocate(4 + i % 700).putInt(i).array());
            }
            for (int i = 0; i < count; i++) {
                byte[] message = take(here);
                assertThat(message).hasSize(4 + i % 700);
                assertThat(ByteBuffer.wrap(message).getInt()).isEqualTo(i);
            }
            byte[] largest = new byte[PeerStream.MAX_MESSAGE_BYTES];
            largest[largest.length - 1] = 7;
            stream.send(largest);
            stream.send(new byte[0]);
            assertThat(take(here)).isEqualTo(largest);
            assertThat(take(here)).isEmpty();
            assertThat(here.readied.get()).isPositive();
            assertThat(stream.isReady()).isTrue();
            assertThat(here.closed).isEmpty();

            assertThatThrownBy(() -> stream.send(new byte[PeerStream.MAX_MESSAGE_BYTES + 1]))
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
        try (InternalClient client = new InternalClient("127.0.0.1", port)) {
            try (StreamServer _ = new StreamServer(port, acceptor)) {
                PeerStream stream = client.openStream(first);
                PeerStream other = accepted.take();
                stream.send(new byte[1]);
                assertThat(take(there.getFirst())).hasSize(1);
                other.close("enough");
                other.close("again");
                awaitClosed(first, "enough");
                awaitClosed(there.getFirst(), "enough");
                stream.send(new byte[1]);
                other.send(new byte[1]);
                stream.close("late");

                stream = client.openStream(second);
                other = accepted.take();
                stream.close("done");
                stream.send(new byte[1]);
                awaitClosed(second, "done");
                awaitClosed(there.get(1), "ended the stream");
                assertThat(stream.isReady() || other.isReady()).isFalse();

                var _ = client.openStream(third);
                var _ = accepted.take();
            }
            awaitClosed(third, "lost the connection");
            awaitClosed(there.get(2), "connection broke");
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
                InternalClient client = new InternalClient("127.0.0.1", port)) {
            Streams here = new Streams();
            var _ = client.openStream(here);
            awaitClosed(here, "not today");
        }
        try (StreamServer _ = new StreamServer(port, broken);
                InternalClient client = new InternalClient("127.0.0.1", port)) {
            Streams here = new Streams();
            var _ = client.openStream(here);
            awaitClosed(here, "could not be taken there");
        }
    }

    /// A stream that was taken for certain: streams opened one after the other may be taken in another order.
    private static PeerStream answered(InternalClient client) throws InterruptedException {
        Streams here = new Streams();
        PeerStream stream = client.openStream(here);
        stream.send(new byte[1]);
        assertThat(take(here)).hasSize(1);
        return stream;
    }

    @Test
    void tooManyStreamsAreRefused() throws Exception {
        int port = LoneNode.freePort();
        try (StreamServer _ = new StreamServer(port, Streams.Echo::new);
                InternalClient client = new InternalClient("127.0.0.1", port)) {
            PeerStream last = answered(client);
            for (int i = 1; i < InternalService.MAX_STREAMS; i++) {
                last = answered(client);
            }
            Streams refused = new Streams();
            var _ = client.openStream(refused);
            awaitClosed(refused, "too many streams");
            last.close("make room");
            await().untilAsserted(() -> {
                Streams taken = new Streams();
                PeerStream stream = client.openStream(taken);
                stream.send(new byte[1]);
                assertThat(take(taken)).hasSize(1);
            });
        }
    }

    @Test
    void aNodeIsReachedAtOnceHoweverLongItWasAway() throws Exception {
        int port = LoneNode.freePort();
        try (InternalClient client = new InternalClient("127.0.0.1", port)) {
            for (int i = 0; i < 8; i++) {
                Streams nobody = new Streams();
                PeerStream stream = client.openStream(nobody);
                stream.send(new byte[1]);
                awaitClosed(nobody, "cannot connect to 127.0.0.1:" + port);
                assertThat(stream.isReady()).isFalse();
                assertThat(nobody.readied).hasValue(0);
            }
            try (StreamServer _ = new StreamServer(port, Streams.Echo::new)) {
                Streams here = new Streams();
                client.openStream(here).send(new byte[3]);
                assertThat(take(here)).hasSize(3);
            }
        }
    }

    @Test
    void noCallbackComesFromWithinACallOfTheStream() {
        InternalClient client = new InternalClient("127.0.0.1", 1);
        client.close();
        Streams here = new Streams();
        var _ = client.openStream(here);
        awaitClosed(here, "127.0.0.1:1");
        assertThat(here.closedOn).doesNotContain(Thread.currentThread());
    }

    @Test
    void aSenderIsHeldBackUntilTheOtherSideTakesMore() throws Exception {
        int port = LoneNode.freePort();
        CountDownLatch release = new CountDownLatch(1);
        Streams there = new Streams() {
            @Override
            public void received(byte[] message) {
                try {
                    release.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                super.received(message);
            }
        };
        Streams here = new Streams();
        try (StreamServer _ = new StreamServer(port, _ -> there);
                InternalClient client = new InternalClient("127.0.0.1", port)) {
            PeerStream stream = client.openStream(here);
            await().until(stream::isReady);
            int readied = here.readied.get();
            int sent = 0;
            while (stream.isReady()) {
                stream.send(new byte[1 << 20]);
                sent++;
                assertThat(sent).isLessThan(100);
                Thread.onSpinWait();
            }
            release.countDown();
            await().until(() -> here.readied.get() > readied && stream.isReady());
            for (int i = 0; i < sent; i++) {
                assertThat(take(there)).hasSize(1 << 20);
            }
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
                InternalClient client = new InternalClient("127.0.0.1", childsPort);
                BufferedReader lines = child.inputReader()) {
            assertThat(lines.readLine()).isEqualTo("ready");
            Streams there = accepted.take();
            assertThat(take(there)).hasSize(5);
            Streams here = new Streams();
            client.openStream(here).send(new byte[2]);
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

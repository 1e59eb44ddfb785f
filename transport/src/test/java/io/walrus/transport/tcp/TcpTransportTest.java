package io.walrus.transport.tcp;

import static io.walrus.transport.tcp.Heard.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walrus.transport.HostPort;
import io.walrus.transport.PeerChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Channels over the loopback address, between a transport that connects (`here`) and one behind a [Port].
class TcpTransportTest {
    private static final long TIMEOUT_S = 20;

    private final TcpTransport here = new TcpTransport();
    private final Heard heard = new Heard();

    TcpTransportTest() {
        here.listen(heard);
    }

    @AfterEach
    void close() {
        here.close();
    }

    private static Heard.Message take(Heard by) throws InterruptedException {
        Heard.Message message = by.received.poll(TIMEOUT_S, TimeUnit.SECONDS);
        assertThat(message).as("closed: %s", by.closed).isNotNull();
        return message;
    }

    private static byte[] takeBytes(Heard by) throws InterruptedException {
        return take(by).bytes();
    }

    private static void awaitClosed(Heard by, PeerChannel channel, String part) {
        await().untilAsserted(() ->
                assertThat(by.closed).anyMatch(end -> end.channel().equals(channel)));
        assertThat(by.closed.stream().filter(end -> end.channel().equals(channel)))
                .singleElement()
                .extracting(Heard.End::reason)
                .asString()
                .contains(part)
                .doesNotContain("\n");
    }

    @Test
    void aNodeIsReachedByWhicheverOfItsAddressesItListensOn() throws Exception {
        try (Port port = new Port(new Heard.Echo())) {
            int number = HostPort.parse(port.address()).port();
            PeerChannel channel = here.connect(
                    port.address(),
                    List.of(
                            new InetSocketAddress("127.0.0.9", number),
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), number)));
            send(channel, new byte[] {7});
            assertThat(takeBytes(heard)).containsExactly(7);
            assertThat(heard.closed).isEmpty();
        }
    }

    @Test
    void messagesArriveInOrderAndWholeBothWays() throws Exception {
        try (Port port = new Port(new Heard.Echo())) {
            PeerChannel channel = here.connect(port.address());
            int count = 3000;
            for (int i = 0; i < count; i++) {
                send(channel, ByteBuffer.allocate(4 + i % 700).putInt(i).array());
            }
            for (int i = 0; i < count; i++) {
                byte[] message = takeBytes(heard);
                assertThat(message).hasSize(4 + i % 700);
                assertThat(ByteBuffer.wrap(message).getInt()).isEqualTo(i);
            }
            byte[] largest = new byte[PeerChannel.MAX_MESSAGE_BYTES];
            largest[largest.length - 1] = 7;
            send(channel, largest);
            send(channel, new byte[0]);
            assertThat(takeBytes(heard)).isEqualTo(largest);
            assertThat(take(heard)).satisfies(message -> {
                assertThat(message.bytes()).isEmpty();
                assertThat(message.channel()).isSameAs(channel);
            });

            assertThatThrownBy(() -> send(channel, new byte[PeerChannel.MAX_MESSAGE_BYTES + 1]))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(heard.closed).isEmpty();
        }
    }

    @Test
    void eitherSideEndsAChannelAndTheOtherHearsOfItOnce() throws Exception {
        Heard there = new Heard();
        try (Port port = new Port(there)) {
            PeerChannel channel = here.connect(port.address());
            send(channel, new byte[1]);
            PeerChannel other = take(there).channel();
            other.close("enough");
            other.close("again");
            awaitClosed(heard, channel, "enough");
            send(channel, new byte[1]);
            send(other, new byte[1]);
            channel.close("late");

            PeerChannel second = here.connect(port.address());
            send(second, new byte[1]);
            other = take(there).channel();
            second.close("done");
            second.close("again");
            send(second, new byte[1]);
            awaitClosed(there, other, "the other node ended the stream: done");
        }
        assertThat(heard.closed).hasSize(1);
        assertThat(there.closed).hasSize(1);
        assertThat(heard.received).isEmpty();
        assertThat(there.received).isEmpty();
    }

    @Test
    void aTransportThatClosesHearsNothingAndTellsTheOthers() throws Exception {
        Heard there = new Heard();
        PeerChannel accepted;
        PeerChannel channel;
        try (Port port = new Port(there)) {
            channel = here.connect(port.address());
            send(channel, new byte[1]);
            accepted = take(there).channel();
        }
        awaitClosed(heard, channel, "ended the stream: the node stops");
        send(accepted, new byte[1]);
        assertThat(there.closed).isEmpty();
    }

    @Test
    void aTransportThatDoesNotListenRefusesChannels() throws Exception {
        try (Port port = new Port()) {
            PeerChannel early = here.connect(port.address());
            awaitClosed(heard, early, "this node is starting");

            port.transport.listen(new Heard.Echo());
            answered(port);
            port.transport.close();
            awaitClosed(heard, here.connect(port.address()), "ended the stream");
        }
    }

    /// A channel that was accepted for certain: connections made one after the other may be accepted in another order.
    private PeerChannel answered(Port port) throws InterruptedException {
        PeerChannel channel = here.connect(port.address());
        send(channel, new byte[1]);
        assertThat(take(heard).channel()).isSameAs(channel);
        return channel;
    }

    @Test
    void tooManyChannelsAreRefused() throws Exception {
        try (Port port = new Port(new Heard.Echo())) {
            PeerChannel last = answered(port);
            for (int i = 1; i < TcpTransport.MAX_ACCEPTED; i++) {
                last = answered(port);
            }
            awaitClosed(heard, here.connect(port.address()), "too many streams");
            last.close("make room");
            await().untilAsserted(() -> {
                PeerChannel next = here.connect(port.address());
                send(next, new byte[3]);
                await().until(() -> !heard.received.isEmpty()
                        || heard.closed.stream().anyMatch(end -> end.channel().equals(next)));
                assertThat(heard.received).isNotEmpty();
            });
        }
    }

    @Test
    void aNodeIsReachedAtOnceHoweverLongItWasAway() throws Exception {
        int number;
        try (Port port = new Port()) {
            number = port.number;
        }
        for (int i = 0; i < 8; i++) {
            PeerChannel channel = here.connect("127.0.0.1:" + number);
            send(channel, new byte[1]);
            awaitClosed(heard, channel, "cannot connect to 127.0.0.1:" + number);
        }
        try (Port port = new Port(number)) {
            port.transport.listen(new Heard.Echo());
            answered(port);
        }
    }

    @Test
    void noCallComesFromWithinAMethodOfTheTransport() {
        here.close();
        TcpTransport closed = new TcpTransport();
        closed.close();
        closed.listen(heard);
        PeerChannel channel = closed.connect("127.0.0.1:1");
        awaitClosed(heard, channel, "127.0.0.1:1");
        assertThat(heard.closed).extracting(Heard.End::thread).doesNotContain(Thread.currentThread());
    }

    @Test
    void everyMessageIsGivenBackWhetherItLeftOrNot() throws Exception {
        Set<ByteBuffer> lent = Collections.newSetFromMap(Collections.synchronizedMap(new IdentityHashMap<>()));
        int number;
        try (Port port = new Port(new Heard.Echo())) {
            number = port.number;
            PeerChannel channel = here.connect(port.address());
            lend(channel, 100, lent);
            assertThat(takeBytes(heard)).hasSize(1 << 20);
            channel.close("enough");
            lend(channel, 10, lent);
            await().until(lent::isEmpty);
        }
        PeerChannel channel = here.connect("127.0.0.1:" + number);
        lend(channel, 10, lent);
        awaitClosed(heard, channel, "cannot connect");
        lend(channel, 10, lent);
        await().until(lent::isEmpty);
    }

    private static void lend(PeerChannel channel, int count, Set<ByteBuffer> lent) {
        ByteBuffer memory = ByteBuffer.allocateDirect(1 << 20);
        for (int i = 0; i < count; i++) {
            ByteBuffer message = memory.duplicate();
            lent.add(message);
            channel.send(message, lent::remove);
        }
    }

    /// What is on its way is bounded by TCP's buffers: the rest stays with the sender, who sees what is not yet done.
    @Test
    void aSlowListenerHoldsTheSenderBack() throws Exception {
        CountDownLatch mayGoOn = new CountDownLatch(1);
        AtomicInteger taken = new AtomicInteger();
        Heard slow = new Heard() {
            @Override
            public void received(PeerChannel channel, ByteBuffer message) {
                try {
                    mayGoOn.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                taken.incrementAndGet();
            }
        };
        int count = 200;
        Set<ByteBuffer> lent = Collections.newSetFromMap(Collections.synchronizedMap(new IdentityHashMap<>()));
        try (Port port = new Port(slow)) {
            PeerChannel channel = here.connect(port.address());
            lend(channel, count, lent);
            await().until(() -> lent.size() < count);
            assertThat(lent).hasSizeGreaterThan(count / 2);
            mayGoOn.countDown();
            await().until(() -> taken.get() == count);
            await().until(lent::isEmpty);
        }
    }

    @Test
    void aMessageMayComeByteByByteAndAForeignOneEndsTheConnection() throws Exception {
        byte[] greeting = "Walrus\0\1".getBytes(StandardCharsets.ISO_8859_1);
        Heard there = new Heard();
        try (Port port = new Port(there)) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port.number)) {
                socket.setTcpNoDelay(true);
                for (byte each : greeting) {
                    socket.getOutputStream().write(each);
                }
                for (byte each : new byte[] {0, 0, 0, 3, 7, 8, 9, 0, 0, 0, 0, 0, 0, 0, 1, 5}) {
                    socket.getOutputStream().write(each);
                }
                assertThat(takeBytes(there)).containsExactly(7, 8, 9);
                assertThat(takeBytes(there)).isEmpty();
                Heard.Message last = take(there);
                assertThat(last.bytes()).containsExactly(5);
                socket.getOutputStream().write(new byte[] {0x7f, 0, 0, 0});
                awaitClosed(there, last.channel(), "can't be understood");
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
            List<String> foreign = List.of("Walrus\0\2", "GET / HTTP/1.1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\n");
            for (String each : foreign) {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port.number)) {
                    socket.getOutputStream().write(each.getBytes(StandardCharsets.ISO_8859_1));
                    await().until(() -> port.others.get() == foreign.indexOf(each) + 1);
                }
            }
            assertThat(there.received).isEmpty();
            assertThat(there.closed).hasSize(1);
        }
    }
}

package io.walrus.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.thirdparty.io.netty.buffer.ByteBuf;
import org.apache.ratis.thirdparty.io.netty.buffer.Unpooled;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelHandler;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelHandlerContext;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelInboundHandlerAdapter;
import org.apache.ratis.thirdparty.io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// One connection without a network, byte by byte and with a clock of its own.
class FirstBytesTest {
    private final List<String> other = new ArrayList<>();
    private final TcpTransport transport = new TcpTransport();
    private final EmbeddedChannel connection = new EmbeddedChannel(transport.accepting(new OtherProtocol() {
        @Override
        public ChannelHandler begin() {
            return new ChannelInboundHandlerAdapter() {
                @Override
                public void userEventTriggered(ChannelHandlerContext context, Object event) {
                    other.add("event " + event);
                }

                @Override
                public void channelRead(ChannelHandlerContext context, Object message) {
                    ByteBuf bytes = (ByteBuf) message;
                    other.add(bytes.toString(StandardCharsets.ISO_8859_1));
                    bytes.release();
                }
            };
        }

        @Override
        public void unused() {
            other.add("unused");
        }
    }));

    @AfterEach
    void close() {
        connection.finishAndReleaseAll();
        transport.close();
    }

    private void receive(String bytes) {
        connection.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
    }

    @Test
    void theOtherProtocolGetsAllThatWasSaidToIt() {
        connection.pipeline().fireUserEventTriggered("begin");
        receive("Wal");
        assertThat(other).isEmpty();
        receive("rus HTTP");
        connection.pipeline().fireUserEventTriggered("later");
        receive("more");

        assertThat(other).containsExactly("event begin", "Walrus HTTP", "event later", "more");
    }

    @Test
    void aGreetingMakesAChannelOfTheConnection() {
        transport.listen(new Heard());
        receive("Walrus\0");
        assertThat(other).isEmpty();
        receive("\1");

        assertThat(other).containsExactly("unused");
        assertThat(connection.pipeline().last()).isInstanceOf(PeerConnection.class);
        assertThat(connection.pipeline().names()).hasSize(2);
    }

    @Test
    void aConnectionThatSaysTooLittleIsClosed() {
        receive("Walrus");
        connection.advanceTimeBy(FirstBytes.SILENCE_S - 1, TimeUnit.SECONDS);
        connection.runPendingTasks();
        assertThat(connection.isOpen()).isTrue();

        connection.advanceTimeBy(1, TimeUnit.SECONDS);
        connection.runPendingTasks();
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void aChannelOnWhichNothingIsSaidIsClosed() {
        Heard heard = new Heard();
        transport.listen(heard);
        receive("Walrus\0\1\0\0\0\10half");
        advance(FirstBytes.FIRST_MESSAGE_S - 1);
        assertThat(connection.isOpen()).isTrue();

        advance(1);
        advance(1);
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void aChannelOnWhichSomethingWasSaidStaysOpen() {
        transport.listen(new Heard());
        receive("Walrus\0\1\0\0\0\5hello");
        advance(2 * FirstBytes.SILENCE_S);
        assertThat(connection.isOpen()).isTrue();
    }

    private void advance(long seconds) {
        connection.advanceTimeBy(seconds, TimeUnit.SECONDS);
        connection.runPendingTasks();
    }

    @Test
    void aConnectionThatHasSpokenMayBeSilent() {
        receive("PRI");
        connection.advanceTimeBy(2 * FirstBytes.SILENCE_S, TimeUnit.SECONDS);
        connection.runPendingTasks();

        assertThat(connection.isOpen()).isTrue();
    }
}

package io.walrus.transport.tcp;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.thirdparty.io.netty.buffer.ByteBuf;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelHandlerContext;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelPipeline;
import org.apache.ratis.thirdparty.io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/// Reads the first bytes of an incoming connection, until they show whether it is a channel between nodes or meant for
/// the other protocol of the port, and then gives way to either.
final class FirstBytes extends ByteToMessageDecoder {
    /// A connection that has sent too little to be told apart after this time is closed.
    static final long SILENCE_S = 30;

    /// A node says who it is at once. One that has greeted and says nothing for so long gives its place to others.
    static final long FIRST_MESSAGE_S = 5;

    private final TcpTransport transport;
    private final OtherProtocol other;
    /// The event by which the server began the other protocol on this connection.
    private @Nullable Object begun;

    FirstBytes(TcpTransport transport, OtherProtocol other) {
        this.transport = transport;
        this.other = other;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        var _ = context.executor()
                .schedule(
                        () -> {
                            if (!context.isRemoved()) {
                                var _ = context.close();
                            }
                        },
                        SILENCE_S,
                        TimeUnit.SECONDS);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (begun == null) {
            begun = event;
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    /// The removal of this handler passes the rest of the bytes on.
    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        ChannelPipeline pipeline = context.pipeline();
        if (PeerConnection.mayGreet(in)) {
            if (in.readableBytes() >= PeerConnection.GREETING_BYTES) {
                in.skipBytes(PeerConnection.GREETING_BYTES);
                while (pipeline.last() != this) {
                    pipeline.removeLast();
                }
                other.unused();
                PeerConnection channel = transport.accept();
                pipeline.addLast(channel);
                channel.connected(context.channel());
                channel.expectFirstMessage(FIRST_MESSAGE_S);
                pipeline.remove(this);
            }
        } else {
            pipeline.addAfter(context.name(), null, other.begin());
            if (begun != null) {
                context.fireUserEventTriggered(begun);
            }
            pipeline.remove(this);
        }
    }
}

package io.walrus.benchmarks.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.walrus.protocol.Frames;
import io.walrus.protocol.Reply;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Answers each frame of Walrus' protocol at once and keeps nothing: what is left is the cost of the network path, the
/// bound for a node on the same machine. One thread serves all connections.
///
/// PUT and REGISTER are answered `OK`, STATE with a segment number, the others with an entry of a fixed size.
public final class EchoServer extends ByteToMessageDecoder {
    private static final int BACKLOG = 1024;

    private final ByteBuf acknowledgement = Unpooled.wrappedBuffer(new Reply.Ok(null).frame());
    private final ByteBuf state = ok("{\"current_segment\":1}");
    private final ByteBuf entry;

    private EchoServer(int payloadBytes) {
        entry = ok("x".repeat(payloadBytes));
    }

    private static ByteBuf ok(String payload) {
        return Unpooled.wrappedBuffer(
                new Reply.Ok(ByteBuffer.wrap(payload.getBytes(StandardCharsets.US_ASCII))).frame());
    }

    /// `EchoServer PORT PAYLOAD_BYTES`: serves until it is killed.
    public static void main(String[] arguments) throws InterruptedException {
        new ServerBootstrap()
                .group(LoadLoop.oneThread())
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, LoadLoop.oneReadAtATime())
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(new EchoServer(Integer.parseInt(arguments[1])));
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0]))
                .sync()
                .channel()
                .closeFuture()
                .sync();
    }

    /// Answers all that was read with one write.
    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        ByteBuf replies = context.alloc().directBuffer();
        int frame = frameBytes(in);
        while (frame > 0) {
            ByteBuf reply =
                    switch (in.getByte(in.readerIndex() + Frames.HEADER_BYTES)) {
                        case 'P', 'R' -> acknowledgement;
                        case 'S' -> state;
                        default -> entry;
                    };
            replies.writeBytes(reply, 0, reply.readableBytes());
            in.skipBytes(frame);
            frame = frameBytes(in);
        }
        var _ = context.writeAndFlush(replies, context.voidPromise());
    }

    /// Of the next frame with its header; 0 if it is not there as a whole.
    private static int frameBytes(ByteBuf in) {
        int length = in.readableBytes() < Frames.HEADER_BYTES ? 0 : Frames.HEADER_BYTES + in.getIntLE(in.readerIndex());
        return length <= in.readableBytes() ? length : 0;
    }

    /// The client left, which ends this connection and nothing else.
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        var _ = context.close(context.voidPromise());
    }
}

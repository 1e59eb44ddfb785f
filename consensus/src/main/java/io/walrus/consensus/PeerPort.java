package io.walrus.consensus;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.ratis.thirdparty.io.grpc.netty.GrpcHttp2ConnectionHandler;
import org.apache.ratis.thirdparty.io.grpc.netty.InternalProtocolNegotiator;
import org.apache.ratis.thirdparty.io.grpc.netty.InternalProtocolNegotiators;
import org.apache.ratis.thirdparty.io.netty.buffer.ByteBuf;
import org.apache.ratis.thirdparty.io.netty.channel.AdaptiveRecvByteBufAllocator;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelHandler;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelHandlerContext;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelPipeline;
import org.apache.ratis.thirdparty.io.netty.channel.RecvByteBufAllocator;
import org.apache.ratis.thirdparty.io.netty.handler.codec.ByteToMessageDecoder;
import org.apache.ratis.thirdparty.io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets streams between nodes and gRPC share the Raft port: what a connection says first tells what it wants. gRPC asks
/// this class, in place of its own negotiation, how to begin with each connection.
final class PeerPort implements InternalProtocolNegotiator.ProtocolNegotiator {
    static final int MAX_STREAMS = 64;

    private static final Logger LOG = LoggerFactory.getLogger(PeerPort.class);
    /// After which a connection that has not said what it wants is closed.
    private static final long SILENCE_S = 30;

    private static final int MIN_READ_BYTES = 2 << 10;
    private static final int FIRST_READ_BYTES = 16 << 10;
    private static final int MAX_READ_BYTES = 256 << 10;

    private final InternalProtocolNegotiator.ProtocolNegotiator grpc = InternalProtocolNegotiators.serverPlaintext();
    private final PeerStreamAcceptor acceptor;
    private final Semaphore places = new Semaphore(MAX_STREAMS);
    private final Set<PeerConnection> open = ConcurrentHashMap.newKeySet();

    PeerPort(PeerStreamAcceptor acceptor) {
        this.acceptor = acceptor;
    }

    /// How much is read at a time.
    static RecvByteBufAllocator reads() {
        return new AdaptiveRecvByteBufAllocator(MIN_READ_BYTES, FIRST_READ_BYTES, MAX_READ_BYTES);
    }

    @Override
    public AsciiString scheme() {
        return grpc.scheme();
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler handler) {
        return new FirstBytes(handler);
    }

    @Override
    public void close() {
        grpc.close();
    }

    /// Ends all streams.
    void closeStreams() {
        open.forEach(stream -> stream.close("the node stops"));
    }

    private PeerConnection accept() {
        if (!places.tryAcquire()) {
            PeerConnection refused = connection(_ -> {});
            refused.listener(
                    PeerStreamAcceptor.refusing("too many streams are open").accepted(refused));
            return refused;
        }
        PeerConnection stream = connection(ended -> {
            open.remove(ended);
            places.release();
        });
        open.add(stream);
        stream.listener(listenerOf(stream));
        return stream;
    }

    private static PeerConnection connection(Consumer<PeerConnection> whenOver) {
        return new PeerConnection(
                reason -> "the other node ended the stream: " + reason,
                "the other node ended the stream, or the connection broke",
                whenOver);
    }

    private PeerStreamListener listenerOf(PeerStream stream) {
        try {
            return acceptor.accepted(stream);
        } catch (RuntimeException e) {
            LOG.error("A stream of another node could not be taken", e);
            return PeerStreamAcceptor.refusing("the stream could not be taken there; see its log")
                    .accepted(stream);
        }
    }

    /// Waits for as much as tells what is wanted.
    private final class FirstBytes extends ByteToMessageDecoder {
        private final GrpcHttp2ConnectionHandler handler;
        /// What gRPC says to its own negotiation when a connection begins.
        private @Nullable Object begun;

        FirstBytes(GrpcHttp2ConnectionHandler handler) {
            this.handler = handler;
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

        /// This handler hands over what has come in when it is removed.
        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
            ChannelPipeline pipeline = context.pipeline();
            if (PeerConnection.mayGreet(in)) {
                if (in.readableBytes() >= PeerConnection.GREETING_BYTES) {
                    in.skipBytes(PeerConnection.GREETING_BYTES);
                    while (pipeline.last() != this) {
                        pipeline.removeLast();
                    }
                    handler.notifyUnused();
                    PeerConnection stream = accept();
                    pipeline.addLast(stream);
                    stream.connected(context.channel());
                    pipeline.remove(this);
                }
            } else {
                pipeline.addAfter(context.name(), null, grpc.newHandler(handler));
                context.fireUserEventTriggered(Objects.requireNonNull(begun));
                pipeline.remove(this);
            }
        }
    }
}

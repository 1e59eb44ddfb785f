package io.walrus.server.listener;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.walrus.node.Node;
import io.walrus.protocol.ErrorTexts;
import io.walrus.server.config.ListenerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// The socket that clients connect to. Each connection it takes is a [ClientConnection] on one of the [ClientLoops].
public final class ClientListener implements AutoCloseable {
    private static final int BACKLOG = 4096;
    private static final int MIN_READ_BYTES = 2 << 10;
    private static final int FIRST_READ_BYTES = 16 << 10;
    private static final int MAX_READ_BYTES = 256 << 10;
    private static final WriteBufferWaterMark UNSENT_BYTES = new WriteBufferWaterMark(256 << 10, 1 << 20);
    private static final long DRAIN_MS = 2_000;
    private static final long QUIET_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long TOLD_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long LOOK_MS = 10;

    /// Connections past the limit, on which a node can be asked about itself, and its clients are told why they are
    /// not served.
    static final int SPARE_PLACES = 32;

    private final ClientLoops loops;
    private final Channel server;

    private ClientListener(ClientLoops loops, Channel server) {
        this.loops = loops;
        this.server = server;
    }

    /// Takes connections from here on.
    ///
    /// @throws IOException if the address can't be listened on
    public static ClientListener open(ListenerConfig config, ClientLoops loops, Node node) throws IOException {
        return open(config, loops, node, SilenceLimits.DEFAULT);
    }

    static ClientListener open(ListenerConfig config, ClientLoops loops, Node node, SilenceLimits silence)
            throws IOException {
        Class<? extends ServerChannel> type =
                Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        ChannelFuture bound = new ServerBootstrap()
                .group(loops.group())
                .channel(type)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNSENT_BYTES)
                .childOption(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new AdaptiveRecvByteBufAllocator(MIN_READ_BYTES, FIRST_READ_BYTES, MAX_READ_BYTES))
                .childHandler(new Connector(config, loops, node, silence))
                .bind(config.host(), config.port())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(reason(bound.cause()), bound.cause());
        }
        return new ClientListener(loops, bound.channel());
    }

    /// Looks whether the address can be listened on, without anybody being able to connect.
    ///
    /// @throws IOException if it can't, as of [#open]
    public static void check(ListenerConfig config) throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(config.host()), config.port()), 1);
        } catch (IOException e) {
            throw new IOException(reason(e), e);
        }
    }

    /// What keeps the address from being listened on, without the names of calls and classes.
    private static String reason(Throwable cause) {
        if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
            return "there is no such host";
        }
        String message = String.valueOf(cause.getMessage());
        return message.substring(message.lastIndexOf(": ") + 1).strip();
    }

    /// Takes no more connections and requests, lets what is under way finish, and closes each connection once its
    /// client is quiet; those who still send are told that the node stops, for half a second. After two seconds
    /// connections are left as they are.
    @Override
    public void close() {
        server.close().awaitUninterruptibly();
        loops.onEach(LoopConnections::drain);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(DRAIN_MS);
        try {
            while (loops.connections() > 0 && System.nanoTime() < deadline) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MS);
                loops.onEach(loop -> loop.closeDone(QUIET_NS, TOLD_NS));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Runs on the loop that a connection is to live on.
    private static final class Connector extends ChannelInitializer<SocketChannel> {
        private final ListenerConfig config;
        private final ClientLoops loops;
        private final Node node;
        private final SilenceLimits silence;

        Connector(ListenerConfig config, ClientLoops loops, Node node, SilenceLimits silence) {
            this.config = config;
            this.loops = loops;
            this.node = node;
            this.silence = silence;
        }

        @Override
        protected void initChannel(SocketChannel channel) {
            int max = config.limits().maxConnections();
            int past = loops.opened() - max;
            if (past > 0) {
                ListenerLog.tooMany(max);
            }
            if (past > SPARE_PLACES) {
                refuse(channel, max);
            } else {
                LoopConnections loop = loops.of(channel.eventLoop());
                channel.pipeline()
                        .addLast(new ClientConnection(
                                node, loop, loops.memory(), config, channel.alloc(), silence, past > 0));
            }
            var _ = channel.closeFuture().addListener(_ -> loops.closed());
        }

        /// Answers whatever the client asks first, without having read it.
        private static void refuse(SocketChannel channel, int max) {
            ReplyEncoder reply = new ReplyEncoder(channel.alloc(), false);
            reply.error(ErrorTexts.tooManyConnections(max));
            ByteBuf bytes = Objects.requireNonNull(reply.take());
            // Written once the channel is active.
            channel.eventLoop().execute(() -> {
                var _ = channel.writeAndFlush(bytes).addListener(ChannelFutureListener.CLOSE);
            });
        }
    }
}

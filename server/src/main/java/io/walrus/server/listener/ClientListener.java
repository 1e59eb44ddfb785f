package io.walrus.server.listener;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.walrus.node.Node;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Listens for clients, and passes on to their connections what the log and the node have to say.
public final class ClientListener {
    private static final int BACKLOG = 4096;
    private static final int MIN_READ_BYTES = 2 << 10;
    private static final int FIRST_READ_BYTES = 16 << 10;
    private static final int MAX_READ_BYTES = 256 << 10;
    private static final WriteBufferWaterMark UNSENT_BYTES = new WriteBufferWaterMark(256 << 10, 1 << 20);
    private static final long TICK_MS = 100;
    private static final long QUIET_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long TOLD_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long LOOK_MS = 10;

    private final ListenerConfig config;
    private final Node node;
    private final EventLoopGroup group;
    private final Map<EventExecutor, LoopConnections> loops = new LinkedHashMap<>();
    private final EventLoop firstLoop;
    private final AtomicBoolean committedScheduled = new AtomicBoolean();
    private final AtomicInteger connections = new AtomicInteger();
    private @Nullable Channel server;

    public ClientListener(ListenerConfig config, Node node) {
        this.config = config;
        this.node = node;
        IoHandlerFactory handlers = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        this.group = new MultiThreadIoEventLoopGroup(
                config.eventLoops(), new DefaultThreadFactory("clients", true), handlers);
        EventLoop first = null;
        for (EventExecutor executor : group) {
            EventLoop loop = (EventLoop) executor;
            loops.put(loop, new LoopConnections(loop));
            first = first == null ? loop : first;
        }
        this.firstLoop = Objects.requireNonNull(first);
        var _ = firstLoop.scheduleWithFixedDelay(this::tick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
    }

    /// Begins to take connections.
    ///
    /// @throws IOException if the address can't be listened on
    public void open() throws IOException {
        Class<? extends ServerChannel> type =
                Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(group)
                .channel(type)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNSENT_BYTES)
                .childOption(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new AdaptiveRecvByteBufAllocator(MIN_READ_BYTES, FIRST_READ_BYTES, MAX_READ_BYTES))
                .childHandler(new Connector());
        var bound = bootstrap.bind(config.host(), config.port()).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(reason(bound.cause()), bound.cause());
        }
        server = bound.channel();
    }

    /// What keeps the address from being listened on, without the names of calls and classes.
    private static String reason(Throwable cause) {
        if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
            return "there is no such host";
        }
        String message = String.valueOf(cause.getMessage());
        return message.substring(message.lastIndexOf(": ") + 1).strip();
    }

    /// Client connections held.
    public int connections() {
        return connections.get();
    }

    /// The log has committed more.
    public void committed() {
        if (node.awaitsCommit() && committedScheduled.compareAndSet(false, true)) {
            LoopConnections.execute(firstLoop, this::advance);
        }
        wakeAll();
    }

    /// What waits may go on, or will never.
    public void resume() {
        LoopConnections.execute(firstLoop, this::tick);
    }

    /// Takes no more connections and requests, lets what is under way finish, and closes each connection once its
    /// client is quiet; those who still send are told that the node stops, for half a second at most.
    ///
    /// @param timeoutMs after which connections are closed as they are
    public void close(long timeoutMs) throws InterruptedException {
        if (server != null) {
            server.close().awaitUninterruptibly();
        }
        for (LoopConnections loop : loops.values()) {
            LoopConnections.execute(loop.loop(), loop::drain);
        }
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        while (connections.get() > 0 && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MS);
            for (LoopConnections loop : loops.values()) {
                LoopConnections.execute(loop.loop(), () -> loop.closeDone(QUIET_NS, TOLD_NS));
            }
        }
        group.shutdownGracefully(0, 500, TimeUnit.MILLISECONDS).await(1, TimeUnit.SECONDS);
    }

    private void advance() {
        committedScheduled.set(false);
        node.enter();
        try {
            node.committed();
        } finally {
            node.exit();
        }
        wakeAll();
    }

    private void tick() {
        node.enter();
        try {
            node.tick();
        } finally {
            node.exit();
        }
        wakeAll();
    }

    /// Replies may have become known: each connection that waits is to look at its own. From any thread.
    public void wakeAll() {
        for (LoopConnections loop : loops.values()) {
            loop.wake();
        }
    }

    private final class Connector extends ChannelInitializer<SocketChannel> {
        @Override
        protected void initChannel(SocketChannel channel) {
            if (connections.incrementAndGet() > config.maxConnections()) {
                ListenerLog.tooMany(config.maxConnections());
                var _ = channel.close();
            } else {
                LoopConnections loop = Objects.requireNonNull(loops.get(channel.eventLoop()));
                channel.pipeline().addLast(new ClientConnection(node, loop, config, channel.alloc()));
            }
            var _ = channel.closeFuture().addListener(_ -> connections.decrementAndGet());
        }
    }
}

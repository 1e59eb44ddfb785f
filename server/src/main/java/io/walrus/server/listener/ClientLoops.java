package io.walrus.server.listener;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.walrus.node.port.Waiters;
import io.walrus.node.topic.ClientMemory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// The event loops that clients are served on, threads named `clients-…`, and for each its connections. They are there
/// before the node, which wakes them when replies have become known, and so before a [ClientListener].
///
/// All methods may be called from any thread.
public final class ClientLoops implements Waiters, AutoCloseable {
    private static final long END_MS = 500;

    private final EventLoopGroup group;
    private final Map<EventExecutor, LoopConnections> loops = new LinkedHashMap<>();
    private final ClientMemory memory;
    private final AtomicInteger connections = new AtomicInteger();

    /// Starts the loops.
    ///
    /// @param threads 1 or more
    /// @param memory of all connections
    public ClientLoops(int threads, ClientMemory memory) {
        this.memory = memory;
        IoHandlerFactory handlers = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        group = new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("clients", true), handlers);
        for (EventExecutor executor : group) {
            loops.put(executor, new LoopConnections((EventLoop) executor, memory));
        }
    }

    /// Client connections held.
    public int connections() {
        return connections.get();
    }

    /// Wakes each loop that has connections waiting, once for all of them.
    @Override
    public void committed() {
        for (LoopConnections loop : loops.values()) {
            loop.wake();
        }
    }

    ClientMemory memory() {
        return memory;
    }

    EventLoopGroup group() {
        return group;
    }

    LoopConnections of(EventLoop loop) {
        return Objects.requireNonNull(loops.get(loop), "a loop of this group");
    }

    /// A connection is there.
    ///
    /// @return how many there are now
    int opened() {
        return connections.incrementAndGet();
    }

    void closed() {
        connections.decrementAndGet();
    }

    /// Has something done soon on each loop that has not ended.
    void onEach(Consumer<LoopConnections> task) {
        for (LoopConnections loop : loops.values()) {
            LoopConnections.execute(loop.loop(), () -> task.accept(loop));
        }
    }

    /// Ends the loops, and with them connections that are still there.
    @Override
    public void close() {
        try {
            group.shutdownGracefully(0, END_MS, TimeUnit.MILLISECONDS).await(2 * END_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}

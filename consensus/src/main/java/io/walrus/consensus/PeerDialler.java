package io.walrus.consensus;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.thirdparty.io.netty.bootstrap.Bootstrap;
import org.apache.ratis.thirdparty.io.netty.channel.Channel;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelFuture;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelOption;
import org.apache.ratis.thirdparty.io.netty.channel.EventLoopGroup;
import org.apache.ratis.thirdparty.io.netty.channel.epoll.Epoll;
import org.apache.ratis.thirdparty.io.netty.channel.epoll.EpollEventLoopGroup;
import org.apache.ratis.thirdparty.io.netty.channel.epoll.EpollSocketChannel;
import org.apache.ratis.thirdparty.io.netty.channel.nio.NioEventLoopGroup;
import org.apache.ratis.thirdparty.io.netty.channel.socket.nio.NioSocketChannel;
import org.apache.ratis.thirdparty.io.netty.util.concurrent.DefaultThreadFactory;

/// Opens streams to the [PeerStreamAcceptor]s of other nodes, all of them on one thread. Thread-safe.
public final class PeerDialler implements AutoCloseable {
    private static final int CONNECT_TIMEOUT_MS = 5000;

    private final EventLoopGroup group;
    private final Class<? extends Channel> type;
    private volatile boolean closed;

    public PeerDialler() {
        DefaultThreadFactory threads = new DefaultThreadFactory("peers", true);
        boolean epoll = Epoll.isAvailable();
        group = epoll ? new EpollEventLoopGroup(1, threads) : new NioEventLoopGroup(1, threads);
        type = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    /// Opens a stream. Never blocks: what fails is told to the listener as the end of the stream.
    ///
    /// @param port the other node's `--raft-port`
    public PeerStream open(String host, int port, PeerStreamListener listener) {
        String address = host + ":" + port;
        PeerConnection stream = new PeerConnection(
                reason -> address + " ended the stream: " + reason, "lost the connection to " + address, _ -> {});
        stream.listener(listener);
        // Looking up the host's name may take a while.
        var _ = Thread.startVirtualThread(() -> connect(stream, host, port));
        return stream;
    }

    private void connect(PeerConnection stream, String host, int port) {
        String failure = "cannot connect to " + host + ":" + port;
        InetSocketAddress resolved = new InetSocketAddress(host, port);
        if (closed || resolved.isUnresolved()) {
            stream.notConnected(failure);
            return;
        }
        ChannelFuture connecting = new Bootstrap()
                .group(group)
                .channel(type)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
                .option(ChannelOption.RCVBUF_ALLOCATOR, PeerPort.reads())
                .handler(stream)
                .connect(resolved);
        var _ = connecting.addListener(result -> {
            if (!result.isSuccess()) {
                stream.notConnected(failure);
            }
        });
    }

    /// Ends all streams.
    @Override
    public void close() {
        closed = true;
        var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}

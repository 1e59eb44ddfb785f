package io.walrus.transport.tcp;

import io.walrus.transport.HostPort;
import io.walrus.transport.PeerChannel;
import io.walrus.transport.PeerListener;
import io.walrus.transport.PeerTransport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.ratis.thirdparty.io.netty.bootstrap.Bootstrap;
import org.apache.ratis.thirdparty.io.netty.channel.AdaptiveRecvByteBufAllocator;
import org.apache.ratis.thirdparty.io.netty.channel.Channel;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelFuture;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelHandler;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelHandlerContext;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelInboundHandlerAdapter;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelOption;
import org.apache.ratis.thirdparty.io.netty.channel.EventLoopGroup;
import org.apache.ratis.thirdparty.io.netty.channel.RecvByteBufAllocator;
import org.apache.ratis.thirdparty.io.netty.channel.epoll.Epoll;
import org.apache.ratis.thirdparty.io.netty.channel.epoll.EpollEventLoopGroup;
import org.apache.ratis.thirdparty.io.netty.channel.epoll.EpollSocketChannel;
import org.apache.ratis.thirdparty.io.netty.channel.nio.NioEventLoopGroup;
import org.apache.ratis.thirdparty.io.netty.channel.socket.nio.NioSocketChannel;
import org.apache.ratis.thirdparty.io.netty.util.concurrent.DefaultThreadFactory;
import org.jspecify.annotations.Nullable;

/// Channels to and from other nodes, for one listener. Thread-safe.
///
/// Outgoing channels are opened here, all of them on one thread named `peers`. Incoming channels arrive at a port that
/// another server listens on: it gives each new connection the handler of [#accepting], and its threads run them.
public final class TcpTransport implements PeerTransport, AutoCloseable {
    /// Incoming channels at a time; a cluster has one for each other node, and a few that have yet to break.
    static final int MAX_ACCEPTED = 64;

    private static final int CONNECT_TIMEOUT_MS = 5000;

    /// For an address of a node that has another one to be tried. Far below the time after which a silent channel is
    /// given up, or the next one would never get its turn.
    private static final int CONNECT_BEFORE_NEXT_MS = 500;
    private static final int MIN_READ_BYTES = 2 << 10;
    private static final int FIRST_READ_BYTES = 16 << 10;
    private static final int MAX_READ_BYTES = 256 << 10;

    private final EventLoopGroup group;
    private final Class<? extends Channel> type;
    private final Semaphore places = new Semaphore(MAX_ACCEPTED);
    private final Set<PeerConnection> accepted = ConcurrentHashMap.newKeySet();
    private volatile @Nullable PeerListener listener;
    private volatile boolean closed;

    public TcpTransport() {
        DefaultThreadFactory threads = new DefaultThreadFactory("peers", true);
        boolean epoll = Epoll.isAvailable();
        group = epoll ? new EpollEventLoopGroup(1, threads) : new NioEventLoopGroup(1, threads);
        type = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    /// How much of a connection is read at a time, for the server of the shared port to set.
    public static RecvByteBufAllocator readSizes() {
        return new AdaptiveRecvByteBufAllocator(MIN_READ_BYTES, FIRST_READ_BYTES, MAX_READ_BYTES);
    }

    /// Begins to accept channels, and to tell the listener. Before that, incoming channels are refused.
    public void listen(PeerListener hears) {
        listener = hears;
    }

    /// Who is told what comes in; null before [#listen] and after [#close].
    @Nullable
    PeerListener listener() {
        return listener;
    }

    @Override
    public PeerChannel connect(String address) {
        PeerConnection channel = new PeerConnection(this, address, "lost the connection to " + address, _ -> {});
        // Looking up the host's name may take a while.
        var _ = Thread.startVirtualThread(() -> lookUp(channel, address));
        return channel;
    }

    private void lookUp(PeerConnection channel, String address) {
        String failure = "cannot connect to " + address;
        try {
            HostPort node = HostPort.parse(address);
            connect(channel, List.of(InetAddress.getAllByName(node.host())), node.port(), failure);
        } catch (UnknownHostException | IllegalArgumentException _) {
            channel.notConnected(failure);
        }
    }

    /// Tries the addresses of a node one after the other. A name may have one that its node doesn't listen on:
    /// `localhost` has two on most machines.
    void connect(PeerConnection channel, List<InetAddress> hosts, int port, String failure) {
        if (closed || hosts.isEmpty()) {
            channel.notConnected(failure);
            return;
        }
        ChannelFuture connecting = new Bootstrap()
                .group(group)
                .channel(type)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(
                        ChannelOption.CONNECT_TIMEOUT_MILLIS,
                        hosts.size() > 1 ? CONNECT_BEFORE_NEXT_MS : CONNECT_TIMEOUT_MS)
                .option(ChannelOption.RCVBUF_ALLOCATOR, readSizes())
                .handler(new UntilConnected(channel))
                .connect(new InetSocketAddress(hosts.getFirst(), port));
        var _ = connecting.addListener(result -> {
            if (!result.isSuccess()) {
                connect(channel, hosts.subList(1, hosts.size()), port, failure);
            }
        });
    }

    /// Gives way to a channel once there is a connection. The channel itself would be spent by the first that fails.
    private static final class UntilConnected extends ChannelInboundHandlerAdapter {
        private final PeerConnection channel;

        UntilConnected(PeerConnection channel) {
            this.channel = channel;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            context.pipeline().addLast(channel);
            context.fireChannelActive();
            context.pipeline().remove(this);
        }
    }

    /// The first handler of an incoming connection, on a port shared with another protocol.
    public ChannelHandler accepting(OtherProtocol other) {
        return new FirstBytes(this, other);
    }

    /// A channel for a connection that has greeted, closed already if it is refused.
    PeerConnection accept() {
        if (!places.tryAcquire()) {
            PeerConnection refused = incoming(_ -> {});
            refused.close("too many streams are open");
            return refused;
        }
        PeerConnection channel = incoming(ended -> {
            accepted.remove(ended);
            places.release();
        });
        accepted.add(channel);
        if (listener == null) {
            channel.close("this node is starting");
        }
        return channel;
    }

    private PeerConnection incoming(Consumer<PeerConnection> whenOver) {
        return new PeerConnection(
                this, "the other node", "the other node ended the stream, or the connection broke", whenOver);
    }

    /// Ends all channels. The listener hears nothing any more, and incoming channels are refused.
    @Override
    public void close() {
        listener = null;
        closed = true;
        accepted.forEach(channel -> channel.close("the node stops"));
        var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}

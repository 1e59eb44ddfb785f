package io.walrus.transport.tcp;

import io.walrus.transport.PeerListener;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ratis.thirdparty.io.netty.bootstrap.ServerBootstrap;
import org.apache.ratis.thirdparty.io.netty.channel.Channel;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelHandler;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelHandlerContext;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelInboundHandlerAdapter;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelInitializer;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelOption;
import org.apache.ratis.thirdparty.io.netty.channel.EventLoopGroup;
import org.apache.ratis.thirdparty.io.netty.channel.nio.NioEventLoopGroup;
import org.apache.ratis.thirdparty.io.netty.channel.socket.nio.NioServerSocketChannel;

/// A port whose channels go to a transport, beside another protocol that closes each of its connections.
final class Port implements AutoCloseable {
    final TcpTransport transport = new TcpTransport();
    final int number;
    /// Connections of the other protocol.
    final AtomicInteger others = new AtomicInteger();

    private final EventLoopGroup group = new NioEventLoopGroup(2);

    /// One that refuses all channels.
    Port() {
        this(0);
    }

    Port(PeerListener listener) {
        this();
        transport.listen(listener);
    }

    /// @param number 0 for a free one
    Port(int number) {
        Channel server = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.RCVBUF_ALLOCATOR, TcpTransport.readSizes())
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(transport.accepting(new Other()));
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), number))
                .syncUninterruptibly()
                .channel();
        this.number = ((InetSocketAddress) server.localAddress()).getPort();
    }

    String address() {
        return "127.0.0.1:" + number;
    }

    @Override
    public void close() {
        transport.close();
        var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    final class Other implements OtherProtocol {
        @Override
        public ChannelHandler begin() {
            others.incrementAndGet();
            return new ChannelInboundHandlerAdapter() {
                @Override
                public void handlerAdded(ChannelHandlerContext context) {
                    var _ = context.close();
                }
            };
        }

        @Override
        public void unused() {}
    }
}

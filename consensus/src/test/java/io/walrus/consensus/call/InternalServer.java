package io.walrus.consensus.call;

import io.walrus.transport.tcp.TcpTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.apache.ratis.thirdparty.io.grpc.Server;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;

/// The internal service and channels on a port of their own, without Raft beside them.
final class InternalServer implements AutoCloseable {
    final TcpTransport peers = new TcpTransport();

    private final InternalService service;
    private final Server server;

    InternalServer(int port) throws IOException {
        service = new InternalService(peers, new Gate(true), new DurableVotes(() -> {}));
        server = service.addTo(
                        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)))
                .build()
                .start();
    }

    /// Offers what the group answers.
    void offer(GroupCalls calls) {
        service.offer(calls);
    }

    @Override
    public void close() {
        peers.close();
        server.shutdownNow();
        service.close();
    }
}

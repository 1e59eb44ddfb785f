package io.walrus.consensus;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.apache.ratis.thirdparty.io.grpc.Server;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;

/// The internal service on a port of its own, without Raft beside it.
final class StreamServer implements AutoCloseable {
    private final InternalService service;
    private final Server server;

    StreamServer(int port, PeerStreamAcceptor acceptor) throws IOException {
        service = new InternalService(acceptor, new Gate(true));
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
        server.shutdownNow();
        service.close();
    }
}

package io.walrus.consensus.call;

import io.walrus.transport.tcp.OtherProtocol;
import io.walrus.transport.tcp.TcpTransport;
import org.apache.ratis.thirdparty.io.grpc.netty.GrpcHttp2ConnectionHandler;
import org.apache.ratis.thirdparty.io.grpc.netty.InternalProtocolNegotiator;
import org.apache.ratis.thirdparty.io.grpc.netty.InternalProtocolNegotiators;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelHandler;
import org.apache.ratis.thirdparty.io.netty.util.AsciiString;

/// Lets channels between nodes and gRPC share the Raft port. gRPC asks this class, in place of its own negotiation, how
/// to begin each connection: the connection's first bytes decide, and gRPC negotiates those that are left to it.
final class PeerPort implements InternalProtocolNegotiator.ProtocolNegotiator {
    private final InternalProtocolNegotiator.ProtocolNegotiator grpc = InternalProtocolNegotiators.serverPlaintext();
    private final TcpTransport peers;

    PeerPort(TcpTransport peers) {
        this.peers = peers;
    }

    @Override
    public AsciiString scheme() {
        return grpc.scheme();
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler handler) {
        return peers.accepting(new OtherProtocol() {
            @Override
            public ChannelHandler begin() {
                return grpc.newHandler(handler);
            }

            @Override
            public void unused() {
                handler.notifyUnused();
            }
        });
    }

    @Override
    public void close() {
        grpc.close();
    }
}

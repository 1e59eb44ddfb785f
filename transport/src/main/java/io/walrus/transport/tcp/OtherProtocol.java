package io.walrus.transport.tcp;

import org.apache.ratis.thirdparty.io.netty.channel.ChannelHandler;

/// The protocol that shares a port with the channels between nodes, for one connection. One of its methods is called,
/// once, when the connection's first bytes have shown what it is for.
public interface OtherProtocol {
    /// The connection is meant for this protocol.
    ///
    /// @return takes the connection over, its first bytes included
    ChannelHandler begin();

    /// The connection is a channel between nodes.
    void unused();
}

package io.walrus.node.port;

/// Opens channels to other nodes.
///
/// What comes in is told through [io.walrus.node.Node#peerMessage] and [io.walrus.node.Node#peerClosed], never during
/// a call of this interface or of a channel.
public interface PeerTransport {
    /// Begins to connect; a failure is told as the channel's end. Never blocks.
    ///
    /// @param address `host:port` of the other node
    PeerChannel connect(String address);
}

package io.walrus.node.peer;

/// Is told which peers can be asked. With the node's lock held.
public interface PeerFollower {
    /// The peer is connected: things may be asked of it from now on.
    default void up(Peer peer) {}

    /// Nothing can be asked of the peer until it is connected again; all answers that had not come are lost.
    default void down(Peer peer) {}
}

package io.walrus.node.port;

/// A two-way stream of messages with one other node, in order, none twice. Used with the node's lock held.
public interface PeerChannel {
    /// Queues a message; never blocks. Does nothing once the channel is closed.
    void send(byte[] message);

    /// Ends the channel. Nothing is heard of it any more.
    void close(String reason);
}

package io.walrus.node.port;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// A two-way stream of messages with one other node, in order, none twice. Used with the node's lock held.
public interface PeerChannel {
    /// Queues a message, without copying it; never blocks. Once the channel is closed nothing is sent.
    ///
    /// @param message between its position and its limit; the channel's own until `done`
    /// @param done gets the message back when it has left, or never will. Any thread, also from within this call
    void send(ByteBuffer message, Consumer<ByteBuffer> done);

    /// Ends the channel. Nothing is heard of it any more.
    void close(String reason);
}

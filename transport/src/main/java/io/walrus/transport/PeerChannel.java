package io.walrus.transport;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// A two-way stream of messages with one other node. Each message arrives at most once, and in the order of sending;
/// messages sent shortly before the end may be lost.
///
/// Channels are compared by identity. No method blocks, and none calls the [PeerListener], so a caller may hold a lock
/// that the listener takes.
public interface PeerChannel {
    /// Room for the largest entry a node may be set to take, 64 MiB, and for the fields around it.
    int MAX_MESSAGE_BYTES = 68 << 20;

    /// Queues a message, without copying it. After the channel's end nothing is sent. On any thread; the caller decides
    /// the order, so calls must not overlap.
    ///
    /// @param message between its position and its limit; the channel's own until `done`
    /// @param done gets the message back when it has left, or never will. Any thread, also from within this call
    /// @throws IllegalArgumentException if the message is longer than [#MAX_MESSAGE_BYTES]
    void send(ByteBuffer message, Consumer<ByteBuffer> done);

    /// Ends the channel and drops unsent messages. The other node's listener hears of the end; this node's listener
    /// hears nothing of the channel any more, but for a call that has begun. On any thread; a second call has no
    /// effect.
    ///
    /// @param reason one line for people
    void close(String reason);
}

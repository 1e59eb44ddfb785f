package io.walrus.consensus;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// A long-lived two-way stream of messages with one other node. What is received was sent once, and in that order;
/// what was sent shortly before the end may be lost.
public interface PeerStream {
    /// Room for the largest entry a node may be set to take, 64 MiB, and for what is sent with it.
    int MAX_MESSAGE_BYTES = 68 << 20;

    /// Queues a message, without copying it; never blocks. Calls must not overlap. Once the stream has ended nothing
    /// is sent.
    ///
    /// @param message between its position and its limit; the stream's own until `done`
    /// @param done gets the message back when it has left, or never will. Any thread, also from within this call
    /// @throws IllegalArgumentException if the message is longer than [#MAX_MESSAGE_BYTES]
    void send(ByteBuffer message, Consumer<ByteBuffer> done);

    /// Ends the stream, dropping what is unsent. The other side's listener hears of it, and so does this side's, from
    /// a network thread. On any thread.
    ///
    /// @param reason one line for people
    void close(String reason);
}

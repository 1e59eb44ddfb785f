package io.walrus.consensus;

/// A long-lived two-way stream of messages with one other node. What is received was sent once, and in that order;
/// what was sent shortly before the end may be lost.
public interface PeerStream {
    /// Room for the largest entry a node may be set to take, 64 MiB, and for what is sent with it.
    int MAX_MESSAGE_BYTES = 68 << 20;

    /// Queues a message; never blocks. Calls must not overlap. The array must not change afterwards. Once the stream
    /// has ended this does nothing.
    ///
    /// @throws IllegalArgumentException if the message is longer than [#MAX_MESSAGE_BYTES]
    void send(byte[] message);

    /// False while so much is unsent that the caller should hold back; [PeerStreamListener#ready] tells when that is
    /// over. False before there is a connection, and after the end. Cheap; on any thread.
    boolean isReady();

    /// Ends the stream at once, dropping what is unsent. The other side's listener hears of it, and so does this
    /// side's: from its network thread, so not necessarily soon if the other node takes nothing any more. On any
    /// thread.
    ///
    /// @param reason one line for people
    void close(String reason);
}

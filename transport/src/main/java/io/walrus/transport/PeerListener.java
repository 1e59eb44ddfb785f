package io.walrus.transport;

import java.nio.ByteBuffer;

/// Hears what other nodes send, on channels of either direction: a channel opened by another node is first heard of by
/// its first message. Calls for one channel come one at a time; calls for several channels may overlap. They come on
/// network threads that serve other channels, and Raft, as well, so no call may block for long. No call comes from
/// within a method of a channel or of a transport.
public interface PeerListener {
    /// The next message. Its memory is used again after the call.
    void received(PeerChannel channel, ByteBuffer message);

    /// The other node ended the channel, or the connection broke, or there never was one: the channel's last call. None
    /// comes for a channel that this node closed.
    ///
    /// @param reason one line for people
    void closed(PeerChannel channel, String reason);
}

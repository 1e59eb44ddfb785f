package io.walrus.consensus;

import java.nio.ByteBuffer;

/// Hears what happens to one [PeerStream]. Calls come one at a time on network threads that serve other streams and
/// Raft as well, so none may block for long. None comes from within a call of the stream's own methods.
public interface PeerStreamListener {
    /// The next message. Its memory is used again after the call.
    void received(ByteBuffer message);

    /// The stream ended, here, there or in between: the last call, and there is always one.
    ///
    /// @param reason one line for people
    void closed(String reason);
}

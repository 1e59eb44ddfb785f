package io.walrus.consensus;

/// Hears what happens to one [PeerStream]. Calls come one at a time on network threads that serve other streams and
/// Raft as well, so none may block for long. None comes from within a call of the stream's own methods.
public interface PeerStreamListener {
    /// The next message. The array is the listener's own.
    void received(byte[] message);

    /// [PeerStream#isReady] turned true: for the first time because there is a connection, later because what was
    /// queued went out.
    void ready();

    /// The stream ended, here, there or in between: the last call, and there is always one.
    ///
    /// @param reason one line for people
    void closed(String reason);
}

package io.walrus.transport;

/// Opens channels to other nodes. Its [PeerListener] hears what comes in on them.
public interface PeerTransport {
    /// Begins to connect; a failure is told to the listener as the channel's end. Never blocks, and never calls the
    /// listener.
    ///
    /// @param address `host:port` of the other node
    PeerChannel connect(String address);
}

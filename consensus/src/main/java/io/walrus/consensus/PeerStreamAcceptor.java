package io.walrus.consensus;

import java.nio.ByteBuffer;

/// Takes the streams that other nodes open. May be called on several threads at a time.
@FunctionalInterface
public interface PeerStreamAcceptor {
    /// A stream was opened; to refuse it, close it. Nothing is received before this returns.
    ///
    /// @return hears what happens to the stream
    PeerStreamListener accepted(PeerStream stream);

    /// Refuses every stream for this reason.
    static PeerStreamAcceptor refusing(String reason) {
        return stream -> {
            stream.close(reason);
            return new PeerStreamListener() {
                @Override
                public void received(ByteBuffer message) {}

                @Override
                public void closed(String why) {}
            };
        };
    }
}

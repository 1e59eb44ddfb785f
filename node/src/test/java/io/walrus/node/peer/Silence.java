package io.walrus.node.peer;

import io.walrus.transport.PeerChannel;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// Takes everything and says nothing: for a channel nobody answers on, and where nobody listens to what comes in.
public final class Silence implements PeerChannel, Peers.Audience {
    @Override
    public void send(ByteBuffer message, Consumer<ByteBuffer> done) {}

    @Override
    public void close(String reason) {}

    @Override
    public void heard(Peer from, PeerMessage message) {}
}

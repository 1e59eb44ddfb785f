package io.walrus.node.peer;

import io.walrus.node.peer.PeerMessage.Answer;
import io.walrus.transport.PeerChannel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Another node that asked something, and the channel on which it did.
///
/// The answer goes there or nowhere: on a later channel the same number may stand for another question, since a node
/// that starts anew counts its questions from the beginning.
public final class ReplyTo {
    private final Peer peer;
    private final @Nullable PeerChannel channel;

    ReplyTo(Peer peer, @Nullable PeerChannel channel) {
        this.peer = peer;
        this.channel = channel;
    }

    public long nodeId() {
        return peer.nodeId();
    }

    public void answer(Answer answer) {
        tell(answer);
    }

    /// Whether one more answer may be made: only so much waits to leave.
    public boolean takesMore() {
        return !Objects.equals(channel, peer.channel()) || peer.takesAnswers();
    }

    /// Counts bytes of answers that are yet to be sent; negative once they are.
    public void hold(int bytes) {
        peer.holdAnswers(bytes);
    }

    /// As [#answer], for what is not asked by number.
    public void tell(PeerMessage message) {
        if (Objects.equals(channel, peer.channel())) {
            peer.send(message);
        }
    }
}

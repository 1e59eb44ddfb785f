package io.walrus.node;

import io.walrus.node.membership.Heartbeats;
import io.walrus.node.peer.Peer;
import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.Peers;
import io.walrus.node.replicate.ReplicaReceiver;
import io.walrus.node.replicate.ReplicaSender;
import io.walrus.node.request.EarlyRequests;
import io.walrus.node.request.RemoteRequests;
import io.walrus.node.request.StateRequests;

/// Has each message of another node dealt with by the part that it is for. Answers are not among them: they go to the
/// part that asked. Guarded by the node's lock.
final class MessageRouter implements Peers.Audience {
    private final Heartbeats heartbeats;
    private final EarlyRequests early;
    private final RemoteRequests remote;
    private final StateRequests states;
    private final CopyRequests copies;
    private final ReplicaReceiver receiver;
    private final ReplicaSender sender;

    MessageRouter(
            Heartbeats heartbeats,
            EarlyRequests early,
            RemoteRequests remote,
            StateRequests states,
            CopyRequests copies,
            ReplicaReceiver receiver,
            ReplicaSender sender) {
        this.heartbeats = heartbeats;
        this.early = early;
        this.remote = remote;
        this.states = states;
        this.copies = copies;
        this.receiver = receiver;
        this.sender = sender;
    }

    @Override
    public void heard(Peer from, PeerMessage message) {
        switch (message) {
            case PeerMessage.ForLeader request -> remote.forLeader(from.replyTo(), request);
            case PeerMessage.State state -> states.state(from.replyTo(), state);
            case PeerMessage.ForCopy request -> copies.forCopy(from.replyTo(), request);
            case PeerMessage.OfBatch records -> receiver.received(from, records);
            case PeerMessage.Copied copied -> sender.copied(from, copied);
            case PeerMessage.Follows follows -> sender.follows(from, follows.segment());
            case PeerMessage.Sync sync -> heartbeats.sync(from, sync);
            case PeerMessage.Synced synced -> {
                heartbeats.synced(from, synced);
                early.retry();
            }
            case PeerMessage.Ping _, PeerMessage.Hello _, PeerMessage.Answer _ -> {}
        }
    }
}

package io.walrus.node.seal;

import io.walrus.metadata.Replica;
import io.walrus.node.config.Timing;
import io.walrus.node.membership.LiveNodes;
import io.walrus.node.part.MetadataView;
import io.walrus.node.part.Now;
import io.walrus.node.peer.CopyLength;
import io.walrus.node.peer.NodeReport;
import io.walrus.node.peer.Peer;
import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.PeerMessage.Answer;
import io.walrus.node.peer.PeerMessage.Fence;
import io.walrus.node.peer.PeerMessage.Fill;
import io.walrus.node.peer.PeerMessage.Measure;
import io.walrus.node.peer.Peers;
import io.walrus.node.peer.PendingAnswer;
import io.walrus.node.peer.ReplyTo;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.repair.Transfers;
import io.walrus.node.replicate.Fences;
import java.util.List;
import java.util.function.Consumer;

/// The replicas of segments that are being sealed: has them fence and fill their copies, on this node and on others,
/// and does both for sealers elsewhere. Guarded by the node's lock.
public final class SealParticipants {

    private final MetadataView view;
    private final Peers peers;
    private final Fences fences;
    private final Transfers transfers;
    private final LiveNodes live;
    private final Now now;

    public SealParticipants(
            MetadataView view, Peers peers, Fences fences, Transfers transfers, LiveNodes live, Now now) {
        this.view = view;
        this.peers = peers;
        this.fences = fences;
        this.transfers = transfers;
        this.live = live;
        this.now = now;
    }

    /// Another node seals segments of which this one has copies.
    public void fence(ReplyTo from, Fence fence) {
        fences.fence(
                fence.diskId(), fence.segments(), lengths -> from.answer(new PeerMessage.Fenced(fence.id(), lengths)));
    }

    /// Another node wants this one's copy of a segment to be as long as the longest.
    public void fill(ReplyTo from, Fill fill) {
        fill(
                fill.segment(),
                fill.upTo(),
                fill.fromNode(),
                isDone -> from.answer(isDone ? new PeerMessage.Done(fill.id()) : new PeerMessage.Stale(fill.id())));
    }

    /// Another node wants to know how long this one's copy of a segment is.
    public void measure(ReplyTo from, Measure measure) {
        CopyLength copy = fences.measure(measure.diskId(), measure.segment());
        from.answer(copy == null ? new PeerMessage.Stale(measure.id()) : new PeerMessage.Measured(measure.id(), copy));
    }

    private void fill(SegmentKey key, long upTo, long fromNode, Consumer<Boolean> ended) {
        if (fences.isFenced(key)) {
            transfers.fill(key, upTo, fromNode, ended);
        } else {
            ended.accept(false);
        }
    }

    /// Whether a replica can be asked for its fence.
    boolean canAsk(Replica replica) {
        return (replica.equals(view.self()) && live.isFit()) || peers.isConnected(replica.nodeId());
    }

    /// Whether a replica's node still has the disk that the copy is on.
    boolean hasDisk(Replica replica) {
        return view.hasDisk(replica);
    }

    /// Whether a replica may answer, now or soon: its node has the disk, and is heard by this one or by the metadata's
    /// leader.
    boolean isThere(Replica replica) {
        return hasDisk(replica) && (canAsk(replica) || live.live().contains(replica.nodeId()));
    }

    /// How long ago the metadata's leader last heard a replica's node, in milliseconds; 0 if that is not known.
    long silentMs(Replica replica) {
        return live.reports().stream()
                .filter(report -> report.nodeId() == replica.nodeId())
                .mapToLong(NodeReport::silentMs)
                .findFirst()
                .orElse(0);
    }

    /// Asks a replica, which can be asked, how long its copy is. There may be no answer.
    void measure(Replica replica, SegmentKey key, Consumer<CopyLength> answer) {
        if (replica.equals(view.self())) {
            CopyLength own = fences.measure(replica.diskId(), key);
            if (own != null) {
                answer.accept(own);
            }
            return;
        }
        Peer peer = peers.connected(replica.nodeId());
        if (peer != null) {
            peer.ask(
                    id -> new Measure(id, replica.diskId(), key),
                    new Question(given -> {
                        if (given instanceof PeerMessage.Measured(long _, CopyLength length)) {
                            answer.accept(length);
                        }
                    }),
                    0,
                    now.ns() + Timing.SEAL_ANSWER_NS);
        }
    }

    /// Has a replica's copies fenced, if it can be asked. There may be no answer.
    void fence(Replica replica, List<SegmentKey> keys, Consumer<List<CopyLength>> answer) {
        if (replica.equals(view.self())) {
            fences.fence(replica.diskId(), keys, answer);
            return;
        }
        Peer peer = peers.connected(replica.nodeId());
        if (peer != null) {
            peer.ask(
                    id -> new Fence(id, replica.diskId(), keys),
                    new Question(given -> {
                        if (given instanceof PeerMessage.Fenced(long _, List<CopyLength> lengths)) {
                            answer.accept(lengths);
                        }
                    }),
                    0,
                    now.ns() + Timing.SEAL_ANSWER_NS);
        }
    }

    /// Has a node's fenced copy made longer, if it can be asked. There may be no answer.
    ///
    /// @param fromNode the node whose copy is that long
    void fill(long nodeId, SegmentKey key, long upTo, long fromNode, Consumer<Boolean> ended) {
        if (nodeId == view.self().nodeId()) {
            fill(key, upTo, fromNode, ended);
            return;
        }
        Peer peer = peers.connected(nodeId);
        if (peer != null) {
            peer.ask(
                    id -> new Fill(id, key, upTo, fromNode),
                    new Question(given -> ended.accept(given instanceof PeerMessage.Done)),
                    0,
                    now.ns() + Timing.SEAL_ANSWER_NS);
        }
    }

    /// An answer that is only worth something if it comes.
    private record Question(Consumer<Answer> answer) implements PendingAnswer {
        @Override
        public void answered(Answer given) {
            answer.accept(given);
        }

        @Override
        public void lost(String reason) {}
    }
}

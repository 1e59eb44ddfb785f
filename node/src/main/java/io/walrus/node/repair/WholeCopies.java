package io.walrus.node.repair;

import io.walrus.metadata.Replica;
import io.walrus.metadata.SealedSegment;
import io.walrus.node.config.Timing;
import io.walrus.node.part.Now;
import io.walrus.node.peer.HeldSegment;
import io.walrus.node.peer.Peer;
import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.PeerMessage.Holds;
import io.walrus.node.peer.Peers;
import io.walrus.node.peer.PendingAnswer;
import io.walrus.node.peer.ReplyTo;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.store.Segments;
import io.walrus.storage.engine.LogStream;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/// Which copies of sealed segments are whole for good, here and on other nodes. Guarded by the node's lock.
public final class WholeCopies {

    private final CopyPlacement placement;
    private final Segments segments;
    private final Peers peers;
    private final Now now;

    public WholeCopies(CopyPlacement placement, Segments segments, Peers peers, Now now) {
        this.placement = placement;
        this.segments = segments;
        this.peers = peers;
        this.now = now;
    }

    /// Another node asks which of this one's copies are whole.
    public void holds(ReplyTo from, Holds holds) {
        from.answer(new PeerMessage.Held(holds.id(), whole(holds.diskId(), holds.segments())));
    }

    /// Those of these segments of which this node has all for good, and which it is listed for as was asked. It keeps
    /// them until it is told that their copies have moved since.
    ///
    /// @param disk the one that is asked: another one knows nothing of what was on it
    private List<SegmentKey> whole(UUID disk, List<HeldSegment> asked) {
        List<SegmentKey> whole = new ArrayList<>();
        if (disk.equals(placement.self().diskId())) {
            for (HeldSegment one : asked) {
                if (isWhole(one)) {
                    whole.add(one.segment());
                }
            }
        }
        return whole;
    }

    private boolean isWhole(HeldSegment asked) {
        SegmentKey key = asked.segment();
        SealedSegment sealed = placement.sealed(key);
        LogStream copy = segments.find(key.topicId(), key.segment());
        return sealed != null
                && copy != null
                && !segments.isDamaged(copy)
                && sealed.moves() == asked.moves()
                && placement.isListed(sealed)
                && copy.durableRecords() >= sealed.records();
    }

    /// Asks a replica, here or on another node, which of its copies are whole. There may be no answer.
    void ask(Replica replica, List<HeldSegment> asked, Consumer<List<SegmentKey>> answer) {
        Peer peer = peers.find(replica.nodeId());
        if (replica.equals(placement.self())) {
            answer.accept(whole(replica.diskId(), asked));
        } else if (peer != null && peer.takesMore()) {
            peer.ask(
                    id -> new Holds(id, replica.diskId(), asked),
                    new Question(answer),
                    0,
                    now.ns() + Timing.REMOVAL_ANSWER_NS);
        }
    }

    private record Question(Consumer<List<SegmentKey>> answer) implements PendingAnswer {
        @Override
        public void answered(PeerMessage.Answer given) {
            if (given instanceof PeerMessage.Held(long _, List<SegmentKey> whole)) {
                answer.accept(whole);
            }
        }

        @Override
        public void lost(String reason) {}
    }
}

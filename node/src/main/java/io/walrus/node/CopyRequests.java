package io.walrus.node;

import io.walrus.node.peer.PeerMessage.Fence;
import io.walrus.node.peer.PeerMessage.Fill;
import io.walrus.node.peer.PeerMessage.ForCopy;
import io.walrus.node.peer.PeerMessage.Holds;
import io.walrus.node.peer.PeerMessage.Measure;
import io.walrus.node.peer.PeerMessage.Read;
import io.walrus.node.peer.ReplyTo;
import io.walrus.node.repair.WholeCopies;
import io.walrus.node.seal.SealParticipants;
import io.walrus.node.store.PeerReads;

/// What other nodes ask of the copies that this one stores. Guarded by the node's lock.
final class CopyRequests {
    private final PeerReads reads;
    private final WholeCopies wholeCopies;
    private final SealParticipants participants;

    CopyRequests(PeerReads reads, WholeCopies wholeCopies, SealParticipants participants) {
        this.reads = reads;
        this.wholeCopies = wholeCopies;
        this.participants = participants;
    }

    void forCopy(ReplyTo from, ForCopy request) {
        switch (request) {
            case Read read -> reads.read(from, read);
            case Holds holds -> wholeCopies.holds(from, holds);
            case Fence fence -> participants.fence(from, fence);
            case Measure measure -> participants.measure(from, measure);
            case Fill fill -> participants.fill(from, fill);
        }
    }
}

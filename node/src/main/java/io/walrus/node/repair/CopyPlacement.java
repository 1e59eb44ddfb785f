package io.walrus.node.repair;

import io.walrus.metadata.Placement;
import io.walrus.metadata.Replica;
import io.walrus.metadata.SealedSegment;
import io.walrus.node.membership.LiveNodes;
import io.walrus.node.part.MetadataView;
import io.walrus.node.peer.SegmentKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which nodes are to have copies of sealed segments, and which copies this node is to have, by the metadata as it is
/// now. Guarded by the node's lock.
public final class CopyPlacement {
    private final MetadataView view;
    private final LiveNodes live;
    private final int replicationFactor;

    /// @param replicationFactor how many copies each segment is to have, if there are as many nodes
    public CopyPlacement(MetadataView view, LiveNodes live, int replicationFactor) {
        this.view = view;
        this.live = live;
        this.replicationFactor = replicationFactor;
    }

    Replica self() {
        return view.self();
    }

    /// Whether all that was decided before this node started is known; until then no copy is deleted.
    boolean isCurrent() {
        return view.isCurrent();
    }

    @Nullable
    SealedSegment sealed(SegmentKey key) {
        return view.sealed(key.topicId(), key.segment());
    }

    /// Whether this node is in the replica set of a segment.
    boolean isListed(SealedSegment sealed) {
        return sealed.replicas().contains(view.self());
    }

    /// Whether this node is to come into the replica set of a segment, or to stay in it.
    boolean isWanted(SealedSegment sealed) {
        return view.isCurrent()
                && Placement.forSealed(view.state(), sealed, replicationFactor).contains(view.self());
    }

    /// How many records this node's copy of a segment may get: a segment may have been sealed meanwhile, with fewer of
    /// them than some sealer had in mind.
    ///
    /// @param wanted how many it is to get
    /// @return -1 if there is to be no copy any more
    long limit(SegmentKey key, long wanted) {
        return switch (view.state().fate(key.topicId(), key.segment())) {
            case GONE -> -1;
            case OPEN, UNKNOWN -> wanted;
            case SEALED -> {
                SealedSegment sealed = sealed(key);
                long length = sealed != null && (isListed(sealed) || isWanted(sealed)) ? sealed.records() : 0;
                yield length == 0 ? -1 : Math.min(wanted, length);
            }
        };
    }

    /// The replicas of a segment that stay when those that are not needed go.
    List<Replica> kept(SealedSegment sealed) {
        return Placement.kept(view.state(), sealed, replicationFactor);
    }

    /// The replicas of a segment on disks that their nodes still have.
    List<Replica> usable(SealedSegment sealed) {
        return Placement.usable(view.state(), sealed);
    }

    /// The segments of which fewer copies are on live nodes, and can be counted on, than when all is well.
    UnderReplicated underReplicated() {
        return UnderReplicated.of(view.state(), live.reports(), replicationFactor);
    }
}

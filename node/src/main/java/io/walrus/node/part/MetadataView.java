package io.walrus.node.part;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.NodeInfo;
import io.walrus.metadata.Replica;
import io.walrus.metadata.SealedSegment;
import io.walrus.metadata.Topic;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The metadata as this node has applied it, and this node's own place in it. It changes before any part hears of the
/// change. Guarded by the node's lock.
public final class MetadataView {
    private final Replica self;
    private final UUID bootId;
    private ClusterState state = ClusterState.EMPTY;
    private boolean begun;
    private boolean current;
    private boolean wasCurrent;

    /// Nothing is known yet.
    ///
    /// @param self this node, and the disk it writes to
    /// @param bootId of this run
    public MetadataView(Replica self, UUID bootId) {
        this.self = self;
        this.bootId = bootId;
    }

    /// Another state was applied.
    public void follow(ClusterState applied) {
        NodeInfo known = applied.node(self.nodeId());
        state = applied;
        begun = true;
        wasCurrent = current;
        current |= known != null && known.bootId().equals(bootId);
    }

    public ClusterState state() {
        return state;
    }

    /// How many changes were applied; -1 before the first state.
    public long version() {
        return begun ? state.version() : -1;
    }

    /// Whether all that was decided before this node started is in it: it has shown this run at some time. What it said
    /// before that may have been said to an earlier run.
    public boolean isCurrent() {
        return current;
    }

    /// Whether it was current before the last change, which so was made in this run.
    public boolean wasCurrent() {
        return wasCurrent;
    }

    /// This node, and the disk it writes to.
    public Replica self() {
        return self;
    }

    /// Whether a replica's node still has the disk that the copy is on.
    public boolean hasDisk(Replica replica) {
        NodeInfo node = state.node(replica.nodeId());
        return node != null && node.replica().equals(replica);
    }

    /// What the metadata has of each run, to tell it from the others.
    public UUID bootId() {
        return bootId;
    }

    /// A sealed segment of a topic's chain, or null if it is none.
    public @Nullable SealedSegment sealed(long topicId, long segment) {
        Topic topic = state.topic(topicId);
        return topic == null ? null : topic.sealed().get(segment);
    }
}

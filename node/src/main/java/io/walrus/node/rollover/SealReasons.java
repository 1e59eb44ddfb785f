package io.walrus.node.rollover;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.NodeInfo;
import io.walrus.metadata.Replica;
import io.walrus.node.lease.Membership;
import io.walrus.node.route.ServedTopic;
import java.util.List;

/// When a segment that this node leads is to be sealed: once it is full, and as soon as another would serve the topic
/// better. Guarded by the node's lock.
public final class SealReasons {
    private final Rollover rollover;
    private final Membership membership;
    private final long maxSegmentEntries;
    private final int replicationFactor;
    private ClusterState state = ClusterState.EMPTY;

    public SealReasons(Rollover rollover, Membership membership, long maxSegmentEntries, int replicationFactor) {
        this.rollover = rollover;
        this.membership = membership;
        this.maxSegmentEntries = maxSegmentEntries;
        this.replicationFactor = replicationFactor;
    }

    /// Takes note of the metadata, which says which nodes there are.
    public void follow(ClusterState applied) {
        state = applied;
    }

    /// Has a segment sealed that has as many entries as it may, or that this node leads though it is about to stop.
    public void ifFull(ServedTopic topic) {
        if (topic.isLeading() && (topic.stream().entries() >= maxSegmentEntries || membership.isLeaving())) {
            rollover.begin(topic);
        }
    }

    /// Has the topic's next segment stored on as many nodes as there should be, if its open one is not.
    public void ifShort(ServedTopic topic) {
        List<Replica> replicas = topic.open().replicas();
        int wanted = Math.min(replicationFactor, state.nodes().size());
        boolean isShort = replicas.size() < wanted || replicas.stream().anyMatch(replica -> !isThere(replica));
        if (topic.isLeading() && isShort) {
            rollover.begin(topic);
        }
    }

    private boolean isThere(Replica replica) {
        NodeInfo node = state.node(replica.nodeId());
        return node != null && node.diskId().equals(replica.diskId());
    }

    /// Has another node lead the topic if this one's disk is full, and the other's is not.
    public void ifDiskFull(ServedTopic topic) {
        if (topic.isLeading() && membership.shouldGiveWay()) {
            rollover.begin(topic);
        }
    }
}

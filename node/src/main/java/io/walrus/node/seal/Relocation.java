package io.walrus.node.seal;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.NodeInfo;
import io.walrus.metadata.NodeStatus;
import io.walrus.metadata.Placement;
import io.walrus.metadata.Replica;
import io.walrus.node.membership.Heartbeats;
import io.walrus.node.topic.ServedTopic;
import java.util.List;
import java.util.function.Predicate;

/// Has open segments that this node leads sealed when the next ones could be stored better: on more nodes, not on
/// nodes that are to be emptied, not on disks that are lost. Guarded by the node's lock.
public final class Relocation {
    private final Rollover rollover;
    private final Heartbeats membership;
    private final long self;
    private final int replicationFactor;
    private ClusterState state = ClusterState.EMPTY;
    private boolean due;

    public Relocation(Rollover rollover, Heartbeats membership, long self, int replicationFactor) {
        this.rollover = rollover;
        this.membership = membership;
        this.self = self;
        this.replicationFactor = replicationFactor;
    }

    /// Takes note of the metadata, which says which nodes there are.
    public void follow(ClusterState applied) {
        due |= !applied.nodes().equals(state.nodes()) || !applied.statuses().equals(state.statuses());
        state = applied;
    }

    /// Another node can be reached from now on.
    public void up() {
        due = true;
    }

    /// Whether something has changed since this was last asked.
    public boolean takeDue() {
        boolean was = due;
        due = false;
        return was;
    }

    /// Looks at a topic's open segment.
    public void look(ServedTopic topic) {
        List<Replica> present = topic.open().replicas();
        if (!topic.isLeading() || (isFull(present) && count(present, this::isUnwelcome) == 0)) {
            return;
        }
        List<Replica> next = membership.successors(state, self);
        long more = count(next, this::isUsable) - count(present, this::isUsable);
        long worse = count(next, this::isUnwelcome) - count(present, this::isUnwelcome);
        if (more > 0 || (more == 0 && worse < 0)) {
            rollover.begin(topic);
        }
    }

    private boolean isFull(List<Replica> replicas) {
        return count(replicas, this::isUsable) >= Placement.wanted(state, replicationFactor);
    }

    private static long count(List<Replica> replicas, Predicate<Replica> which) {
        return replicas.stream().filter(which).count();
    }

    private boolean isUsable(Replica replica) {
        return Placement.isUsable(state, replica);
    }

    private boolean isUnwelcome(Replica replica) {
        NodeInfo node = state.node(replica.nodeId());
        return node == null
                || !node.diskId().equals(replica.diskId())
                || state.status(replica.nodeId()) == NodeStatus.LEAVING;
    }
}

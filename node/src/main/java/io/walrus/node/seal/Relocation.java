package io.walrus.node.seal;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.NodeInfo;
import io.walrus.metadata.NodeStatus;
import io.walrus.metadata.Placement;
import io.walrus.metadata.Replica;
import io.walrus.node.membership.Successors;
import io.walrus.node.part.Interval;
import io.walrus.node.part.MetadataFollower;
import io.walrus.node.part.MetadataView;
import io.walrus.node.part.Part;
import io.walrus.node.peer.Peer;
import io.walrus.node.peer.PeerFollower;
import io.walrus.node.topic.ServedTopic;
import io.walrus.node.topic.TopicSweep;
import io.walrus.node.topic.TopicTable;
import java.util.List;
import java.util.function.Predicate;

/// Has open segments that this node leads sealed when the next ones could be stored better: on more nodes, not on
/// nodes that are to be emptied, not on disks that are lost. Guarded by the node's lock.
public final class Relocation implements Part, MetadataFollower, PeerFollower {
    private final Rollover rollover;
    private final Successors successors;
    private final MetadataView view;
    private final TopicSweep sweep;
    private final Interval looks;
    private final int replicationFactor;
    private boolean due;

    /// @param looks how often all topics are looked at, be there a reason or not
    public Relocation(
            Rollover rollover,
            Successors successors,
            MetadataView view,
            TopicTable topics,
            Interval looks,
            int replicationFactor) {
        this.rollover = rollover;
        this.successors = successors;
        this.view = view;
        this.sweep = new TopicSweep(topics);
        this.looks = looks;
        this.replicationFactor = replicationFactor;
    }

    @Override
    public void follow(ClusterState before) {
        ClusterState state = view.state();
        due |= !state.nodes().equals(before.nodes()) || !state.statuses().equals(before.statuses());
    }

    /// The next segments may be given to this node, too.
    @Override
    public void up(Peer peer) {
        due = true;
    }

    /// Looks at all topics if something has changed, and every now and then.
    @Override
    public void tick() {
        if (looks.takeDue() || due) {
            due = false;
            sweep.begin();
        }
        sweep.goOn(this::look);
    }

    private void look(ServedTopic topic) {
        List<Replica> present = topic.open().replicas();
        if (!topic.isLeading() || (isFull(present) && count(present, this::isUnwelcome) == 0)) {
            return;
        }
        List<Replica> next = successors.after(view.self().nodeId());
        long more = count(next, this::isUsable) - count(present, this::isUsable);
        long worse = count(next, this::isUnwelcome) - count(present, this::isUnwelcome);
        if (more > 0 || (more == 0 && worse < 0)) {
            rollover.begin(topic);
        }
    }

    private boolean isFull(List<Replica> replicas) {
        return count(replicas, this::isUsable) >= Placement.wanted(view.state(), replicationFactor);
    }

    private static long count(List<Replica> replicas, Predicate<Replica> which) {
        return replicas.stream().filter(which).count();
    }

    private boolean isUsable(Replica replica) {
        return Placement.isUsable(view.state(), replica);
    }

    private boolean isUnwelcome(Replica replica) {
        ClusterState state = view.state();
        NodeInfo node = state.node(replica.nodeId());
        return node == null
                || !node.diskId().equals(replica.diskId())
                || state.status(replica.nodeId()) == NodeStatus.LEAVING;
    }
}

package io.walrus.node.repair;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.NodeInfo;
import io.walrus.metadata.Replica;
import io.walrus.metadata.SealedSegment;
import io.walrus.metadata.Topic;
import io.walrus.node.part.MetadataFollower;
import io.walrus.node.part.MetadataView;
import io.walrus.node.part.Part;
import io.walrus.node.peer.SegmentKey;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Looks through the metadata for sealed segments whose copies are not where they should be: at one when it was sealed
/// or its copies have moved, at all, a part at a time, when something about the nodes is different. Guarded by the
/// node's lock.
public final class PlacementCheck implements Part, MetadataFollower {
    private static final int STEPS_PER_TICK = 2_000;

    private final CopyPlacement placement;
    private final Repairs repairs;
    private final ReplicaRemovals removals;
    private final MetadataView view;
    private boolean walking;
    private boolean walked;
    private long atTopic;
    private long atSegment;

    public PlacementCheck(CopyPlacement placement, Repairs repairs, ReplicaRemovals removals, MetadataView view) {
        this.placement = placement;
        this.repairs = repairs;
        this.removals = removals;
        this.view = view;
    }

    /// Looks at everything when the nodes, their disks or what is asked of them are others, and once this run is known.
    @Override
    public void follow(ClusterState before) {
        ClusterState state = view.state();
        boolean isOther =
                !state.statuses().equals(before.statuses()) || !disks(state).equals(disks(before));
        if (isOther || (view.isCurrent() && !view.wasCurrent())) {
            restored();
        }
    }

    private static List<Replica> disks(ClusterState state) {
        return state.nodes().values().stream().map(NodeInfo::replica).toList();
    }

    /// Looks at everything, from now on.
    @Override
    public void restored() {
        walking = true;
        atTopic = 0;
        atSegment = 0;
    }

    /// How far this node is with its copies.
    public CopyFigures figures() {
        return repairs.figures(walked ? placement.underReplicated().all() : -1);
    }

    @Override
    public void extended(Topic topic, long fromSegment) {
        for (SealedSegment sealed : topic.sealed().tailMap(fromSegment, true).values()) {
            look(topic, sealed);
        }
    }

    @Override
    public void replicasChanged(Topic topic, long segment) {
        SealedSegment sealed = topic.sealed().get(segment);
        if (sealed != null) {
            look(topic, sealed);
        }
    }

    private void look(Topic topic, SealedSegment sealed) {
        SegmentKey key = new SegmentKey(topic.topicId(), sealed.number());
        repairs.look(key, sealed);
        removals.look(key, sealed);
    }

    /// Looks at the next part.
    @Override
    public void tick() {
        for (int step = 0; walking && step < STEPS_PER_TICK; step++) {
            step();
        }
    }

    private void step() {
        Topic topic = view.state().topic(atTopic);
        Map.@Nullable Entry<Long, SealedSegment> sealed =
                topic == null ? null : topic.sealed().higherEntry(atSegment);
        if (topic != null && sealed != null) {
            atSegment = sealed.getKey();
            look(topic, sealed.getValue());
            return;
        }
        Long next = view.state().topics().higherKey(atTopic);
        atTopic = next == null ? 0 : next;
        atSegment = 0;
        if (next == null) {
            walking = false;
            walked = true;
        }
    }
}

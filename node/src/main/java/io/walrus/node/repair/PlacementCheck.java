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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Looks through the metadata for segments that have too few copies, or whose copies are not where they should be: at
/// one when it was sealed or its copies have moved, at all, a part at a time, when something about the nodes is
/// different, or nodes die or come back. Guarded by the node's lock.
public final class PlacementCheck implements Part, MetadataFollower {
    private static final int STEPS_PER_TICK = 2_000;

    private final CopyPlacement placement;
    private final Repairs repairs;
    private final ReplicaRemovals removals;
    private final MetadataView view;
    private final Set<SegmentKey> underReplicated = new HashSet<>();
    private long liveChanges;
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
        return repairs.figures(walked ? underReplicated.size() : -1);
    }

    @Override
    public void extended(Topic topic, long fromSegment) {
        for (SealedSegment sealed : topic.sealed().tailMap(fromSegment, true).values()) {
            look(topic, sealed);
        }
        lookAtOpen(topic);
    }

    @Override
    public void replicasChanged(Topic topic, long segment) {
        SealedSegment sealed = topic.sealed().get(segment);
        if (sealed != null) {
            look(topic, sealed);
        }
    }

    @Override
    public void dropped(long topicId, long segment) {
        underReplicated.remove(new SegmentKey(topicId, segment));
    }

    @Override
    public void someDropped() {
        underReplicated.removeIf(key -> switch (view.state().fate(key.topicId(), key.segment())) {
            case OPEN, SEALED -> false;
            case GONE, UNKNOWN -> true;
        });
    }

    private void lookAtOpen(Topic topic) {
        note(
                new SegmentKey(topic.topicId(), topic.open().number()),
                topic.open().replicas());
    }

    private void look(Topic topic, SealedSegment sealed) {
        SegmentKey key = new SegmentKey(topic.topicId(), sealed.number());
        note(key, sealed.replicas());
        repairs.look(key, sealed);
        removals.look(key, sealed);
    }

    private void note(SegmentKey key, List<Replica> replicas) {
        if (placement.isUnderReplicated(replicas)) {
            underReplicated.add(key);
        } else {
            underReplicated.remove(key);
        }
    }

    /// Looks at the next part.
    @Override
    public void tick() {
        if (placement.liveChanges() != liveChanges) {
            liveChanges = placement.liveChanges();
            restored();
        }
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
        if (topic != null) {
            lookAtOpen(topic);
        }
        Long next = view.state().topics().higherKey(atTopic);
        atTopic = next == null ? 0 : next;
        atSegment = 0;
        if (next == null) {
            walking = false;
            walked = true;
            someDropped();
        }
    }
}

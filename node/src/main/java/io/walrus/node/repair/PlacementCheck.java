package io.walrus.node.repair;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.NodeInfo;
import io.walrus.metadata.Placement;
import io.walrus.metadata.Replica;
import io.walrus.metadata.SealedSegment;
import io.walrus.metadata.Topic;
import io.walrus.node.peer.SegmentKey;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Looks through the metadata for segments that have too few copies, or whose copies are not where they should be: at
/// one when it was sealed or its copies have moved, at all, a part at a time, when something about the nodes is
/// different. Guarded by the node's lock.
public final class PlacementCheck {
    private static final int STEPS_PER_TICK = 2_000;

    private final int replicationFactor;
    private final Repairs repairs;
    private final ReplicaRemovals releases;
    private final Set<SegmentKey> underReplicated = new HashSet<>();
    private ClusterState state = ClusterState.EMPTY;
    private boolean walking;
    private boolean walked;
    private long atTopic;
    private long atSegment;

    public PlacementCheck(int replicationFactor, Repairs repairs, ReplicaRemovals releases) {
        this.replicationFactor = replicationFactor;
        this.repairs = repairs;
        this.releases = releases;
    }

    /// Takes note of the metadata.
    public void follow(ClusterState applied) {
        boolean isOther =
                !applied.statuses().equals(state.statuses()) || !disks(applied).equals(disks(state));
        state = applied;
        if (isOther) {
            all();
        }
    }

    private static List<Replica> disks(ClusterState state) {
        return state.nodes().values().stream().map(NodeInfo::replica).toList();
    }

    /// Looks at everything, from now on.
    public void all() {
        walking = true;
        atTopic = 0;
        atSegment = 0;
    }

    /// Segments of which fewer copies can be counted on than when all is well; -1 before all have been looked at.
    public int underReplicated() {
        return walked ? underReplicated.size() : -1;
    }

    /// A topic's segments from this one on have been sealed or opened.
    public void look(Topic topic, long fromSegment) {
        for (SealedSegment sealed : topic.sealed().tailMap(fromSegment, true).values()) {
            look(topic, sealed);
        }
        lookAtOpen(topic);
    }

    /// The copies of a segment have moved.
    public void moved(Topic topic, long segment) {
        SealedSegment sealed = topic.sealed().get(segment);
        if (sealed != null) {
            look(topic, sealed);
        }
    }

    /// A segment is not in its chain any more.
    public void left(long topicId, long segment) {
        underReplicated.remove(new SegmentKey(topicId, segment));
    }

    /// Segments are not in their chains any more.
    public void someLeft() {
        underReplicated.removeIf(key -> switch (state.fate(key.topicId(), key.segment())) {
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
        releases.look(key, sealed);
    }

    private void note(SegmentKey key, List<Replica> replicas) {
        long usable = replicas.stream()
                .filter(replica -> Placement.isUsable(state, replica))
                .count();
        if (usable < Placement.wantedReplicas(state, replicationFactor)) {
            underReplicated.add(key);
        } else {
            underReplicated.remove(key);
        }
    }

    /// Looks at the next part.
    public void tick() {
        for (int step = 0; walking && step < STEPS_PER_TICK; step++) {
            step();
        }
    }

    private void step() {
        Topic topic = state.topic(atTopic);
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
        Long next = state.topics().higherKey(atTopic);
        atTopic = next == null ? 0 : next;
        atSegment = 0;
        if (next == null) {
            walking = false;
            walked = true;
            someLeft();
        }
    }
}

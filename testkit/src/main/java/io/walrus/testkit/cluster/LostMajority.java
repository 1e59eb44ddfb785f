package io.walrus.testkit.cluster;

import io.walrus.metadata.NodeStatus;
import io.walrus.metadata.Replica;
import io.walrus.metadata.SealedSegment;
import io.walrus.metadata.Topic;
import io.walrus.node.peer.SegmentKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/// The loss of so many nodes for good that no majority is left, and the way out of it. Nothing is under way when it
/// happens, so that what the others store is all that was acknowledged.
final class LostMajority {
    private final ClusterWorld world;
    private final Timeline timeline;
    private final Set<Long> gone;

    LostMajority(ClusterWorld world) {
        this.world = world;
        this.timeline = world.timeline();
        List<Long> ids = new ArrayList<>(world.setup().nodeIds());
        Collections.shuffle(ids, new Random(timeline.random().nextLong()));
        int atLeast = (ids.size() + 1) / 2;
        this.gone = new TreeSet<>(ids.subList(0, atLeast + timeline.random().nextInt(ids.size() - atLeast)));
    }

    /// Whether the followers of each open segment have all that its leader has.
    boolean isStoredEverywhere() {
        return world.metadata().decided().topics().values().stream()
                .allMatch(topic -> topic.open().replicas().stream()
                                .map(replica -> records(topic, replica))
                                .distinct()
                                .count()
                        == 1);
    }

    private long records(Topic topic, Replica replica) {
        SimNode node = world.nodes().get((int) replica.nodeId() - 1);
        SimNode.Life life = node.life();
        SegmentKey key = new SegmentKey(topic.topicId(), topic.open().number());
        return life == null || !node.replica().equals(replica)
                ? -1
                : life.copies().durableRecords(key);
    }

    /// Whether all nodes are there with all their copies, and those that are left have a copy of each segment, which
    /// is not damaged, and forget nothing.
    boolean isBearable() {
        return world.forgetful() == 0
                && world.living().size() == world.nodes().size()
                && world.copies().misplaced() == null
                && isStoredEverywhere()
                && world.nodes().stream().noneMatch(node -> world.isDamaged(node) && !gone.contains(node.id()))
                && world.nodes().stream()
                        .allMatch(node -> world.metadata().decided().status(node.id()) == NodeStatus.ACTIVE)
                && world.metadata().decided().topics().values().stream().allMatch(this::isLeft);
    }

    private boolean isLeft(Topic topic) {
        return isLeft(topic.open().replicas())
                && topic.sealed().values().stream().map(SealedSegment::replicas).allMatch(this::isLeft);
    }

    private boolean isLeft(List<Replica> replicas) {
        return replicas.stream()
                .anyMatch(replica -> !gone.contains(replica.nodeId())
                        && world.nodes()
                                .get((int) replica.nodeId() - 1)
                                .replica()
                                .equals(replica));
    }

    /// All nodes end, most of them for good. The others start in a group of their own.
    void happen() {
        world.nodes().forEach(SimNode::crash);
        world.nodes().stream().filter(node -> gone.contains(node.id())).forEach(SimNode::leaveForGood);
        long self = Objects.requireNonNull(world.living().getFirst()).id();
        world.metadata().recover(gone, self);
        world.living().forEach(SimNode::start);
    }
}

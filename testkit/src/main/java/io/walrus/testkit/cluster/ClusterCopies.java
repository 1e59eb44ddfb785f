package io.walrus.testkit.cluster;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.NodeStatus;
import io.walrus.metadata.OpenSegment;
import io.walrus.metadata.Placement;
import io.walrus.metadata.Replica;
import io.walrus.metadata.SealedSegment;
import io.walrus.metadata.SegmentFate;
import io.walrus.metadata.Topic;
import io.walrus.node.peer.SegmentKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Where the copies of segments are, beside where they are to be.
final class ClusterCopies {
    private final ClusterWorld world;

    ClusterCopies(ClusterWorld world) {
        this.world = world;
    }

    private ClusterState decided() {
        return world.metadata().decided();
    }

    private int factor() {
        return world.setup().replicationFactor();
    }

    private interface Check {
        boolean holds(SegmentKey key, SealedSegment sealed);
    }

    private boolean all(Check check) {
        for (Topic topic : decided().topics().values()) {
            for (SealedSegment sealed : topic.sealed().values()) {
                if (!check.holds(new SegmentKey(topic.topicId(), sealed.number()), sealed)) {
                    return false;
                }
            }
        }
        return true;
    }

    private SimNode node(Replica replica) {
        return world.nodes().get((int) replica.nodeId() - 1);
    }

    /// Whether a replica's node is there, with that disk, and stays.
    private boolean isThere(Replica replica) {
        SimNode node = node(replica);
        return !node.isGone() && node.replica().equals(replica);
    }

    private boolean isWhole(SegmentKey key, SealedSegment sealed, Replica replica) {
        SimNode.Life life = node(replica).life();
        return isThere(replica) && life != null && life.copies().durableRecords(key) >= sealed.records();
    }

    private long whole(SegmentKey key, SealedSegment sealed) {
        return sealed.replicas().stream()
                .filter(replica -> isWhole(key, sealed, replica))
                .count();
    }

    /// Whether a replica is listed for a sealed segment, of which it has no more than so many records.
    boolean lacks(SegmentKey key, Replica replica, long records) {
        Topic topic = decided().topic(key.topicId());
        if (topic == null || decided().fate(key.topicId(), key.segment()) != SegmentFate.SEALED) {
            return false;
        }
        SealedSegment sealed = Objects.requireNonNull(topic.sealed().get(key.segment()));
        return sealed.replicas().contains(replica) && records < sealed.records();
    }

    /// Whether the metadata knows of each node that has lost its disk that it has another one, or is gone.
    boolean lossesAreKnown() {
        return world.nodes().stream()
                .allMatch(node -> node.isGone()
                        ? decided().status(node.id()) != NodeStatus.ACTIVE
                        : node.replica()
                                .equals(Objects.requireNonNull(decided().node(node.id()))
                                        .replica()));
    }

    /// Whether any one disk may be lost now without a loss of what was acknowledged: all nodes are there, the metadata
    /// knows their disks, and whatever is stored is on enough of them.
    boolean surviveALoss() {
        boolean allAreThere = lossesAreKnown()
                && world.nodes().stream()
                        .allMatch(node -> node.isSettled() && node.follower().isUpToDate());
        boolean allAreSure = world.forgetful() == 0 || world.nodes().stream().allMatch(SimNode::isSure);
        return allAreThere
                && allAreSure
                && decided().topics().values().stream()
                        .allMatch(topic -> topic.open().replicas().stream()
                                        .filter(this::isThere)
                                        .count()
                                >= Math.min(3, factor()))
                && all((key, segment) -> whole(key, segment) >= 2);
    }

    /// What is not where it is to be, or is where it is not to be; null if there is no such thing.
    @Nullable
    String misplaced() {
        for (Topic topic : decided().topics().values()) {
            if (!isInPlace(topic.open())) {
                return "open segment of " + topic.name() + ": " + topic.open();
            }
            for (SealedSegment sealed : topic.sealed().values()) {
                String fault = fault(new SegmentKey(topic.topicId(), sealed.number()), sealed);
                if (fault != null) {
                    return topic.name() + ", " + sealed + ": " + fault;
                }
            }
        }
        return null;
    }

    private boolean isInPlace(OpenSegment open) {
        int wanted = Placement.wanted(decided(), factor());
        long usable = open.replicas().stream()
                .filter(replica -> Placement.isUsable(decided(), replica) && isThere(replica))
                .count();
        // Entries are acknowledged by a majority of the nodes that there should be, those to be emptied among them.
        int members = Math.min(factor(), decided().nodes().size());
        long mayLeave = Math.max(0, members / 2 + 1 - usable);
        long leaving = open.replicas().stream().filter(this::isLeaving).count();
        return usable >= wanted && (wanted == 0 || leaving <= mayLeave);
    }

    private boolean isLeaving(Replica replica) {
        return decided().status(replica.nodeId()) == NodeStatus.LEAVING;
    }

    private @Nullable String fault(SegmentKey key, SealedSegment sealed) {
        for (SimNode node : world.living()) {
            SimNode.Life life = Objects.requireNonNull(node.life());
            if (life.copies().isAny(key) && !sealed.replicas().contains(node.replica())) {
                return "node " + node.id() + " still has a copy";
            }
        }
        List<Replica> usable = Placement.usable(decided(), sealed);
        for (Replica replica : usable) {
            if (!isWhole(key, sealed, replica)) {
                return "the copy on node " + replica.nodeId() + " is not whole";
            }
        }
        if (usable.size() < Placement.wanted(decided(), factor())) {
            return "there are only " + usable.size() + " copies";
        }
        List<Replica> kept = Placement.kept(decided(), sealed, factor());
        return kept.equals(sealed.replicas()) ? null : "only " + kept + " are needed";
    }

    /// Segments of which fewer copies can be counted on than when all is well.
    int underReplicated() {
        int full = Placement.wantedReplicas(decided(), factor());
        int underReplicated = 0;
        for (Topic topic : decided().topics().values()) {
            OpenSegment open = topic.open();
            underReplicated += usable(open.replicas()) < full ? 1 : 0;
            for (SealedSegment sealed : topic.sealed().values()) {
                underReplicated += usable(sealed.replicas()) < full ? 1 : 0;
            }
        }
        return underReplicated;
    }

    private long usable(List<Replica> replicas) {
        return replicas.stream()
                .filter(replica -> Placement.isUsable(decided(), replica))
                .count();
    }

    /// All copies of a segment are the same. On a node whose disk was damaged some may still be: where nobody read.
    void check() {
        Map<SegmentKey, List<String>> firsts = new HashMap<>();
        boolean _ = all((key, segment) -> {
            for (SimNode node : world.living()) {
                if (segment.replicas().contains(node.replica())) {
                    List<String> copy =
                            Objects.requireNonNull(node.life()).copies().records(key);
                    if (copy == null && world.isDamaged(node)) {
                        continue;
                    }
                    List<String> first = copy == null ? null : firsts.putIfAbsent(key, copy);
                    if (copy == null || (first != null && !first.equals(copy))) {
                        throw new ClusterFailure(
                                BrokenPromise.WRONG_BYTES,
                                "the copy of segment " + key + " on node " + node.id() + " differs");
                    }
                }
            }
            return true;
        });
    }

    /// When copies of a segment have moved, those that came are whole, and if others went, all that stayed are. Those
    /// that can't be looked at may be.
    ///
    /// @param by the process that proposed it
    void checkMove(SegmentKey key, SealedSegment before, SealedSegment after, SimNode.Life by) {
        for (Replica replica : after.replicas()) {
            boolean isProposer =
                    by.nodeId() == replica.nodeId() && node(replica).life() == by;
            if (!before.replicas().contains(replica) && isProposer && !isWhole(key, after, replica)) {
                throw new ClusterFailure(
                        BrokenPromise.COPY_MISSING,
                        "segment " + key + " was recorded on node " + replica.nodeId() + ", which has not all of it");
            }
        }
        boolean hasLetGo =
                before.replicas().stream().anyMatch(replica -> !after.replicas().contains(replica) && isThere(replica));
        if (hasLetGo) {
            for (Replica replica : after.replicas()) {
                boolean canBeSeen = isThere(replica) && node(replica).life() != null;
                if (canBeSeen && !isWhole(key, after, replica)) {
                    throw new ClusterFailure(
                            BrokenPromise.COPY_MISSING,
                            "copies of segment " + key + " were let go, when node " + replica.nodeId()
                                    + " had not all of it");
                }
            }
        }
    }
}

package io.walrus.metadata;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.pcollections.TreePMap;

/// The metadata with which nodes go on once others are gone for good, and what may be lost with those.
///
/// The nodes that are gone leave the metadata. Sealed segments keep their lists of replicas: a copy on a node that is
/// gone counts as one on a lost disk. Of an open segment's list, gone replicas are cut until those that are left are
/// half of it: they can seal it then, but only all together, since each may have records that the others lack. An open
/// segment without a replica left leaves its chain.
///
/// @param state under another cluster id, so that nodes that go on with the old metadata are strangers
/// @param losses by topic; topics that lose nothing for sure are left out
public record Survivors(ClusterState state, List<Loss> losses) {
    public Survivors {
        losses = List.copyOf(losses);
    }

    /// What is left of an open segment.
    public enum Tail {
        /// All that was acknowledged, once the nodes that are left are back.
        WHOLE,
        /// Fewer replicas than it takes to be sure that none of the newest entries is missing.
        IN_DOUBT,
        /// Nothing.
        GONE
    }

    /// What a topic loses, or may lose.
    ///
    /// @param segments sealed segments without a copy that is left, ascending
    /// @param entries in those
    /// @param open the number of the open segment
    /// @param tail what is left of that one
    public record Loss(String topic, List<Long> segments, long entries, long open, Tail tail) {
        public Loss {
            segments = List.copyOf(segments);
        }
    }

    /// Takes nodes out of the metadata.
    ///
    /// @param gone nodes that never come back
    /// @param self a node that is left, and is in the metadata
    /// @param cluster the id of the cluster from here on
    public static Survivors of(ClusterState before, Set<Long> gone, long self, UUID cluster) {
        Replica here = Objects.requireNonNull(before.node(self), "a node of the cluster")
                .replica();
        Limits.require(!gone.contains(self), "node " + self + " is left");
        ClusterState left = new ClusterState(
                before.version() + 1,
                cluster,
                before.nodes().minusAll(gone),
                before.statuses().minusAll(gone),
                before.counts(),
                before.topics(),
                before.topicIds(),
                before.nextTopicId());
        TreePMap<Long, Topic> topics = before.topics();
        SegmentCounts counts = before.counts();
        List<Loss> losses = new ArrayList<>();
        for (Topic topic : before.topics().values()) {
            OpenSegment open = left(topic.open(), left, here);
            counts = counts.minusOpen(topic.open()).plusOpen(open);
            topics = topics.plus(
                    topic.topicId(),
                    new Topic(
                            topic.topicId(),
                            topic.name(),
                            topic.sealed(),
                            open,
                            topic.sealedEntries(),
                            topic.trimmedEntries()));
            Loss loss = loss(topic, left);
            if (!loss.segments.isEmpty() || loss.tail != Tail.WHOLE) {
                losses.add(loss);
            }
        }
        ClusterState after = new ClusterState(
                left.version(),
                left.clusterId(),
                left.nodes(),
                left.statuses(),
                counts,
                topics,
                left.topicIds(),
                left.nextTopicId());
        return new Survivors(after, losses);
    }

    private static OpenSegment left(OpenSegment open, ClusterState left, Replica here) {
        List<Replica> there = present(open.replicas(), left);
        if (there.isEmpty()) {
            return new OpenSegment(open.number() + 1, here.nodeId(), List.of(here), open.startCursors());
        }
        List<Replica> kept = new ArrayList<>(there);
        open.replicas().stream()
                .filter(replica -> !there.contains(replica))
                .limit(there.size())
                .forEach(kept::add);
        boolean isLed = there.stream().anyMatch(replica -> replica.nodeId() == open.leader());
        long another = there.contains(here) ? here.nodeId() : there.getFirst().nodeId();
        return new OpenSegment(open.number(), isLed ? open.leader() : another, kept, open.startCursors());
    }

    private static Loss loss(Topic topic, ClusterState left) {
        List<Long> segments = new ArrayList<>();
        long entries = 0;
        for (SealedSegment sealed : topic.sealed().values()) {
            if (present(sealed.replicas(), left).isEmpty()) {
                segments.add(sealed.number());
                entries += sealed.entries();
            }
        }
        int all = topic.open().replicas().size();
        int there = present(topic.open().replicas(), left).size();
        Tail tail = there == 0 ? Tail.GONE : 2 * there >= all ? Tail.WHOLE : Tail.IN_DOUBT;
        return new Loss(topic.name(), segments, entries, topic.open().number(), tail);
    }

    private static List<Replica> present(List<Replica> replicas, ClusterState state) {
        return replicas.stream()
                .filter(replica -> Placement.isPresent(state, replica))
                .toList();
    }
}

package io.walrus.metadata;

import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// The whole of the cluster's metadata at one moment. Immutable and persistent: a state shares all but the changed
/// paths with the one before it, so each costs O(log n) and any thread may keep and read an old one.
///
/// @param version the number of commands that changed anything so far
/// @param clusterId set by the first command, null before it
/// @param nodes by id
/// @param statuses of the nodes that are not [NodeStatus#ACTIVE]
/// @param counts of all segments
/// @param topics by id
/// @param topicIds by name
/// @param nextTopicId greater than the id of every topic there ever was
public record ClusterState(
        long version,
        @Nullable UUID clusterId,
        TreePMap<Long, NodeInfo> nodes,
        TreePMap<Long, NodeStatus> statuses,
        SegmentCounts counts,
        TreePMap<Long, Topic> topics,
        TreePMap<String, Long> topicIds,
        long nextTopicId) {
    public static final ClusterState EMPTY = new ClusterState(
            0, null, TreePMap.empty(), TreePMap.empty(), SegmentCounts.NONE, TreePMap.empty(), TreePMap.empty(), 1);

    public ClusterState {
        Limits.require(version >= 0, "a version is not negative");
        Objects.requireNonNull(nodes, "nodes");
        Limits.require(nodes.keySet().containsAll(statuses.keySet()), "only nodes have a status");
        Limits.require(!statuses.containsValue(NodeStatus.ACTIVE), "active is what nodes are without a status");
        Objects.requireNonNull(counts, "counts");
        Limits.require(topics.size() == topicIds.size(), "each topic has one name");
        Limits.require(topics.isEmpty() || topics.lastKey() < nextTopicId, "the next topic id is a new one");
    }

    /// Applies one command. Never throws: a command that does not fit gives a result that says so, and this same state.
    public Applied apply(Command command) {
        return Transition.apply(this, command);
    }

    public @Nullable Topic topic(long topicId) {
        return topics.get(topicId);
    }

    public @Nullable Topic topic(String name) {
        Long topicId = topicIds.get(name);
        return topicId == null ? null : topics.get(topicId);
    }

    public @Nullable NodeInfo node(long nodeId) {
        return nodes.get(nodeId);
    }

    /// A node's status; [NodeStatus#GONE] for a node that is not in the cluster.
    public NodeStatus status(long nodeId) {
        return nodes.containsKey(nodeId) ? statuses.getOrDefault(nodeId, NodeStatus.ACTIVE) : NodeStatus.GONE;
    }

    /// The fate of a segment. [SegmentFate#GONE] is the only answer that allows its data to be deleted.
    public SegmentFate fate(long topicId, long segment) {
        if (topicId < 1 || topicId >= nextTopicId || segment < 1) {
            return SegmentFate.UNKNOWN;
        }
        Topic topic = topics.get(topicId);
        if (topic == null) {
            return SegmentFate.GONE;
        }
        long open = topic.open().number();
        if (segment >= open) {
            return segment == open ? SegmentFate.OPEN : SegmentFate.UNKNOWN;
        }
        return topic.sealed().containsKey(segment) ? SegmentFate.SEALED : SegmentFate.GONE;
    }
}

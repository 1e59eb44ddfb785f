package io.walrus.metadata;

import java.util.Objects;
import java.util.UUID;

/// One thing that an applied command changed, so that a follower of the state does work in proportion to the change.
public sealed interface Change {
    record ClusterInitialized(UUID clusterId) implements Change {
        public ClusterInitialized {
            Objects.requireNonNull(clusterId, "clusterId");
        }
    }

    /// A node was added, or another address, disk or boot of it became known.
    record NodeChanged(long nodeId) implements Change {}

    record NodeRemoved(long nodeId) implements Change {}

    /// The node has another [NodeStatus].
    record NodeStatusChanged(long nodeId) implements Change {}

    record TopicCreated(long topicId) implements Change {}

    /// The segment was sealed and the topic's open segment is a new one.
    ///
    /// @param wasEmpty whether the segment had no entries and left the chain, so that its data may go
    record SegmentSealed(long topicId, long segment, boolean wasEmpty) implements Change {}

    record ReplicasChanged(long topicId, long segment) implements Change {}

    /// All segments with numbers below this left the chain; their data may go.
    record TopicTrimmed(long topicId, long beforeSegment) implements Change {}

    /// The topic is no longer in the state; its data may go.
    record TopicDeleted(Topic topic) implements Change {
        public TopicDeleted {
            Objects.requireNonNull(topic, "topic");
        }
    }
}

package io.walrus.node.request;

import io.walrus.node.topic.ServedTopic;

/// Renders what STATE, METRICS and CLUSTER answer. Called with the node's lock held.
public interface Reports {
    /// One topic as JSON.
    ///
    /// @param current whether this node knows the open segment; what only its leader knows is left out otherwise
    String state(ServedTopic topic, boolean current);

    /// All nodes as JSON.
    String cluster(ClusterView view);

    /// The node as JSON.
    String metrics(NodeFigures figures);
}

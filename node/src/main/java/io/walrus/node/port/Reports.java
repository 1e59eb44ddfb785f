package io.walrus.node.port;

import io.walrus.node.NodeFigures;
import io.walrus.node.route.ServedTopic;

/// Renders what STATE and METRICS answer. Called with the node's lock held.
public interface Reports {
    /// One topic as JSON.
    String state(ServedTopic topic);

    /// The node as JSON.
    String metrics(NodeFigures figures);
}

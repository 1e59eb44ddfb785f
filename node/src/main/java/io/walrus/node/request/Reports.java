package io.walrus.node.request;

/// Renders what STATE, METRICS and CLUSTER answer. Called with the node's lock held, unless it says otherwise.
public interface Reports {
    /// One topic as JSON. From any thread, without the lock.
    String state(TopicState topic);

    /// What SEAL has done as JSON.
    String seal(SealReport report);

    /// All nodes as JSON.
    String cluster(ClusterView view);

    /// The node as JSON.
    String metrics(NodeFigures figures);
}

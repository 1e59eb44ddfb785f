package io.walrus.metadata;

/// A node's part in the cluster. It does not say whether the node can be reached at this moment.
public enum NodeStatus {
    /// It leads and stores segments.
    ACTIVE,
    /// It is being drained: it gets nothing more to lead or to store, and other nodes copy its segments.
    LEAVING,
    /// It has been silent for so long that other nodes copy its segments. It is active again as soon as it is back.
    GONE
}

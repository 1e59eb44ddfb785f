package io.walrus.metadata;

/// What is asked of a node. It says nothing about whether the node can be reached at this moment.
public enum NodeStatus {
    /// It leads and stores segments.
    ACTIVE,
    /// It is to be emptied: it gets nothing more to lead or to store, and others take what it has.
    LEAVING,
    /// It has not been heard of for so long that others take what it has. It is active again as soon as it is back.
    GONE
}

package io.walrus.testkit.cluster;

/// In which way a cluster breaks its word.
enum BrokenPromise {
    /// An acknowledged entry is not there, or was handed out to nobody.
    LOST,
    /// An entry is there, or was handed out, more than once.
    DOUBLED,
    /// Entries are not in the order in which they came.
    REORDERED,
    /// There is something else than what was sent, or not the same on all nodes.
    WRONG_BYTES,
    /// What was said to have failed was done.
    DONE_THOUGH_REFUSED,
    /// What a node tells of a topic was over before it was asked.
    OUTDATED,
    /// A segment was sealed with more than a majority of its replicas has.
    SEALED_WITHOUT_MAJORITY,
    /// What was durable on a node no longer is.
    NO_LONGER_DURABLE,
    /// A fence that a node once had is gone.
    FORGOTTEN_FENCE,
    /// A node appended to a segment it leads when others could have led it.
    APPENDED_WITHOUT_LEASE,
    /// A copy that the cluster counts on is not there, or not whole.
    COPY_MISSING,
    /// Requests are not served, or nodes do not come to rest.
    NOT_SERVED,
    /// Requests are not served while one node is not well.
    NOT_SERVED_WITHOUT_ONE,
    /// A node fails by itself.
    NODE_BROKE
}

package io.walrus.consensus;

import io.walrus.metadata.Applied;
import io.walrus.metadata.ClusterState;

/// Hears what happens to the metadata on this node. [#restored] and [#applied] come in log order on one thread, the
/// others on threads of the group. None may block; an exception from one stops the group as [#failed].
public interface MetadataListener {
    /// The state was replaced as a whole: from a snapshot at the start, or one a leader sent.
    void restored(long index, ClusterState state);

    /// One command was applied. Committed commands of earlier runs that no snapshot holds come again after a start.
    void applied(long index, Applied applied);

    /// Another node leads the group now, as far as this node knows. The loss of a leader is not told: see
    /// [MetadataLog#leaderId].
    void leaderChanged(long leaderId);

    /// This node leads the group, and its state holds all that was committed before.
    void leaderReady(long term);

    /// The group stopped on this node for good: a disk error, damage, or removal from the group. At most once.
    ///
    /// @param reason one line for people
    void failed(String reason);
}

package io.walrus.consensus.call;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A request with the group whose nodes are asked, as it goes from node to node: who is there may be another cluster's.
///
/// @param group null if any node may answer
@SuppressWarnings("ArrayRecordComponent")
public record Addressed(@Nullable UUID group, byte[] request) {
    /// Whether it is meant for the nodes of a group other than this one.
    ///
    /// @param own the group of the node that was asked, or null if it is in none
    public boolean isForAnotherThan(@Nullable UUID own) {
        return group != null && !group.equals(own);
    }
}

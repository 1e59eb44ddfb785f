package io.walrus.consensus.call;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A request together with the group that it is meant for, since the node at an address may be another cluster's.
///
/// @param group null if a node of any group may answer
@SuppressWarnings("ArrayRecordComponent")
public record Addressed(@Nullable UUID group, byte[] request) {
    /// Whether the request is meant for another group than the receiver's.
    ///
    /// @param own the receiver's group, or null if it is in none
    public boolean isForAnotherThan(@Nullable UUID own) {
        return group != null && !group.equals(own);
    }
}

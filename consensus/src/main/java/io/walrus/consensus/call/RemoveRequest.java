package io.walrus.consensus.call;

/// A member is to be removed from the group.
///
/// @param forwarded another node, which took the receiver for the leader, passes the request on
/// @param timeoutMs how long the asking node waits
public record RemoveRequest(long nodeId, boolean forwarded, int timeoutMs) {
    public RemoveRequest asForwarded() {
        return new RemoveRequest(nodeId, true, timeoutMs);
    }
}

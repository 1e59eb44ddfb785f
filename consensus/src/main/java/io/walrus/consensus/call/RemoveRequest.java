package io.walrus.consensus.call;

/// A member is to be removed from the group.
///
/// @param forwarded another node passes this on, having taken the receiver for the leader
/// @param timeoutMs how long the asking node waits
public record RemoveRequest(long nodeId, boolean forwarded, int timeoutMs) {
    public RemoveRequest asForwarded() {
        return new RemoveRequest(nodeId, true, timeoutMs);
    }
}

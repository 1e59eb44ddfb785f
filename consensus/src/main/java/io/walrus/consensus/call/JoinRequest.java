package io.walrus.consensus.call;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A node asks to be taken into the group.
///
/// @param address the node's Raft address, `host:port`
/// @param run this run of the node, as it is in its [io.walrus.consensus.ClusterInfo]
/// @param clusterId the cluster of the node's state, if it has any
/// @param blank the node has neither a vote nor a log, and refuses Raft's messages until it may proceed
/// @param member the node was a member once, with the folder it has now
/// @param forwarded another node, which took the receiver for the leader, passes the request on
/// @param timeoutMs how long the asking node waits
public record JoinRequest(
        long nodeId,
        String address,
        UUID run,
        @Nullable UUID clusterId,
        boolean blank,
        boolean member,
        boolean forwarded,
        int timeoutMs) {
    public JoinRequest asForwarded() {
        return new JoinRequest(nodeId, address, run, clusterId, blank, member, true, timeoutMs);
    }
}

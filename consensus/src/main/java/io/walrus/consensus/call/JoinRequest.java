package io.walrus.consensus.call;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A node asks to be taken into the group.
///
/// @param address where it listens, `host:port`
/// @param clusterId the cluster its state is of, if it has any
/// @param blank it has neither a vote nor a log, and takes nothing of Raft's until it is told to
/// @param member it once was a member, with the folder it has now
/// @param forwarded another node passes this on, having taken the receiver for the leader
/// @param timeoutMs how long the asking node waits
public record JoinRequest(
        long nodeId,
        String address,
        @Nullable UUID clusterId,
        boolean blank,
        boolean member,
        boolean forwarded,
        int timeoutMs) {
    public JoinRequest asForwarded() {
        return new JoinRequest(nodeId, address, clusterId, blank, member, true, timeoutMs);
    }
}

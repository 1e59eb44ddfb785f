package io.walrus.consensus;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// This node's state in the metadata group at one moment; the parts may be a little apart in time. Indexes count log
/// entries from 0; -1 means none.
///
/// @param leader the leader's id as far as this node knows
/// @param vote the node that this node voted for in the current term
/// @param purgedIndex all entries up to here are in the snapshot only
/// @param voters the ids of the voting members, ascending
/// @param addresses `host:port` of each member by id, listeners included
/// @param replication on the leader the last entry each member is known to have, itself included; elsewhere empty
public record RaftStatus(
        long nodeId,
        Role role,
        long term,
        @Nullable Long leader,
        @Nullable Long vote,
        long lastLogIndex,
        long lastAppliedIndex,
        long snapshotIndex,
        long purgedIndex,
        List<Long> voters,
        Map<Long, String> addresses,
        Map<Long, Long> replication) {
    /// The node's role; a `LEARNER` has no vote, because it has not joined yet.
    public enum Role {
        LEADER,
        FOLLOWER,
        LEARNER,
        CANDIDATE,
        SHUTDOWN
    }

    public RaftStatus {
        Objects.requireNonNull(role, "role");
        voters = List.copyOf(voters);
        addresses = Collections.unmodifiableMap(new TreeMap<>(addresses));
        replication = Collections.unmodifiableMap(new TreeMap<>(replication));
    }

    /// The same node after its group has stopped.
    public RaftStatus closed() {
        return new RaftStatus(
                nodeId,
                Role.SHUTDOWN,
                term,
                null,
                vote,
                lastLogIndex,
                lastAppliedIndex,
                snapshotIndex,
                purgedIndex,
                voters,
                addresses,
                Map.of());
    }
}

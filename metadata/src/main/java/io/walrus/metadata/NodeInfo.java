package io.walrus.metadata;

import java.util.Objects;
import java.util.UUID;

/// A member of the cluster. `bootId` is new at each start of the process, so that others notice a restart.
public record NodeInfo(long nodeId, String raftAddress, String clientAddress, UUID diskId, UUID bootId) {
    public NodeInfo {
        Limits.requireNodeId(nodeId);
        Objects.requireNonNull(raftAddress, "raftAddress");
        Objects.requireNonNull(clientAddress, "clientAddress");
        Objects.requireNonNull(diskId, "diskId");
        Objects.requireNonNull(bootId, "bootId");
    }

    /// The replica a segment placed on this node today is recorded with.
    public Replica replica() {
        return new Replica(nodeId, diskId);
    }
}

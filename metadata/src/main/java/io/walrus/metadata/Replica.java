package io.walrus.metadata;

import java.util.Objects;
import java.util.UUID;

/// Where a copy of a segment lives. The disk belongs to the identity: a blank disk under a known node id is another
/// replica, which holds nothing yet and never speaks for what the earlier disk held.
public record Replica(long nodeId, UUID diskId) {
    public Replica {
        Limits.requireNodeId(nodeId);
        Objects.requireNonNull(diskId, "diskId");
    }
}

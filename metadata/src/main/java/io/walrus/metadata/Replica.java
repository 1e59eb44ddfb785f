package io.walrus.metadata;

import java.util.Objects;
import java.util.UUID;

/// Where a copy of a segment lives. The disk belongs to the identity: a blank disk under a known node id is another
/// replica. It holds nothing yet, and never answers for the earlier disk's records.
public record Replica(long nodeId, UUID diskId) {
    public Replica {
        Limits.requireNodeId(nodeId);
        Objects.requireNonNull(diskId, "diskId");
    }
}

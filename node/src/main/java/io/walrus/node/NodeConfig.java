package io.walrus.node;

import io.walrus.metadata.Replica;

/// What a node is told at start.
///
/// @param self this node, and the disk it writes to
/// @param maxSegmentEntries entries after which a segment is sealed, 1 or more
/// @param replicationFactor copies of each segment, 1 or more
/// @param requestTimeoutNs how long a request may wait for the segment's leader
/// @param monitorCheckNs how often segments past the limit are looked for
/// @param maxFrameBytes the longest request, for messages
public record NodeConfig(
        Replica self,
        long maxSegmentEntries,
        int replicationFactor,
        long requestTimeoutNs,
        long monitorCheckNs,
        int maxFrameBytes) {
    public NodeConfig {
        if (maxSegmentEntries < 1 || replicationFactor < 1 || requestTimeoutNs < 1 || monitorCheckNs < 1) {
            throw new IllegalArgumentException("a node's limits are positive");
        }
    }
}

package io.walrus.node;

import io.walrus.metadata.Replica;
import java.util.UUID;

/// What a node is told at start.
///
/// @param self this node, and the disk it writes to
/// @param bootId of this run, as the metadata is told of it
/// @param inDoubt whether copies of segments may lack what was acknowledged last, since the machine restarted while
///     entries were not forced as they came
/// @param maxSegmentEntries entries after which a segment is sealed, 1 or more
/// @param replicationFactor copies of each segment, 1 or more
/// @param requestTimeoutNs how long a request may wait for the segment's leader
/// @param monitorCheckNs how often segments past the limit are looked for
/// @param maxFrameBytes the longest request, for messages
/// @param leaseNs how long this node may lead segments after the metadata's leader last confirmed that it may
/// @param nodeTimeoutNs how long a node counts as alive after it was last heard
/// @param peerSilenceNs how long a channel to another node may be silent before it is given up
/// @param replaceAfterNs how long a node may be silent before others take what it stores
/// @param repairBytesPerSecond how much of sealed segments is copied to this node in a second, 0 for as much as goes
public record NodeConfig(
        Replica self,
        UUID bootId,
        boolean inDoubt,
        long maxSegmentEntries,
        int replicationFactor,
        long requestTimeoutNs,
        long monitorCheckNs,
        int maxFrameBytes,
        long leaseNs,
        long nodeTimeoutNs,
        long peerSilenceNs,
        long replaceAfterNs,
        long repairBytesPerSecond) {
    public NodeConfig {
        if (leaseNs < 1 || nodeTimeoutNs < 1 || peerSilenceNs < 1 || replaceAfterNs < 1) {
            throw new IllegalArgumentException("a node's timeouts are positive");
        }
        if (repairBytesPerSecond < 0) {
            throw new IllegalArgumentException("a limit on copying is 0 or more");
        }
        if (maxSegmentEntries < 1 || replicationFactor < 1 || requestTimeoutNs < 1 || monitorCheckNs < 1) {
            throw new IllegalArgumentException("a node's limits are positive");
        }
    }
}

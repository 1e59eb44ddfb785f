package io.walrus.node;

import io.walrus.metadata.Replica;
import io.walrus.node.config.MemoryConfig;
import io.walrus.node.config.SegmentConfig;
import io.walrus.node.config.Timeouts;
import java.util.UUID;

/// What a node is told at start.
///
/// @param self this node, and the disk it writes to
/// @param bootId of this run, as the metadata is told of it
/// @param inDoubt whether copies of segments may lack what was acknowledged last, since the machine restarted while
///     entries were not forced as they came, or since an older state of the data folder was put back
/// @param maxFrameBytes the longest request, and so more than the longest entry
public record NodeConfig(
        Replica self,
        UUID bootId,
        boolean inDoubt,
        SegmentConfig segments,
        Timeouts timeouts,
        MemoryConfig memory,
        int maxFrameBytes) {}

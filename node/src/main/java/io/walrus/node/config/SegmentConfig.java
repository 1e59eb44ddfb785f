package io.walrus.node.config;

import java.time.Duration;

/// How segments are cut, and how many copies they have.
///
/// @param replicationFactor copies of each segment, 1 or more
/// @param maxSegmentEntries entries after which a segment is sealed, 1 or more
/// @param monitorCheck how often segments past that limit are looked for
/// @param repairBytesPerSecond bytes of sealed segments copied to this node in a second; 0 sets no limit
/// @param scrubPeriod in which each byte that this node stores is looked at once; zero for never
public record SegmentConfig(
        int replicationFactor,
        long maxSegmentEntries,
        Duration monitorCheck,
        long repairBytesPerSecond,
        Duration scrubPeriod) {
    public SegmentConfig {
        if (replicationFactor < 1 || maxSegmentEntries < 1 || !monitorCheck.isPositive()) {
            throw new IllegalArgumentException("a segment's limits are positive");
        }
        if (repairBytesPerSecond < 0) {
            throw new IllegalArgumentException("a limit on copying is 0 or more");
        }
        if (scrubPeriod.isNegative()) {
            throw new IllegalArgumentException("a period is zero or more");
        }
    }
}

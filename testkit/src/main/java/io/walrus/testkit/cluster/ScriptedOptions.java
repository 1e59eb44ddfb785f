package io.walrus.testkit.cluster;

/// The settings of a scripted cluster.
///
/// @param nodes how many there are at the start, numbered from 1
/// @param replicationFactor copies of each segment
/// @param maxSegmentEntries entries after which a segment is sealed
/// @param requestTimeoutMs how long a request may wait for the segment's leader
/// @param leaseMs how long a node may lead segments after the metadata's leader last confirmed that it may
/// @param replaceAfterMs how long a node may be silent before others take what it stores
/// @param wideNode the node whose log has blocks four times as large as the others', 0 for none
/// @param scrubMs in which each byte that a node stores is looked at once, 0 for never
public record ScriptedOptions(
        int nodes,
        int replicationFactor,
        long maxSegmentEntries,
        long requestTimeoutMs,
        long leaseMs,
        long replaceAfterMs,
        long wideNode,
        long scrubMs) {
    /// Three nodes and three copies.
    public static final ScriptedOptions DEFAULT = new ScriptedOptions(3, 3, 1_000, 2_000, 500, 60_000, 0, 0);

    public ScriptedOptions {
        if (nodes < 1 || replicationFactor < 1 || maxSegmentEntries < 1) {
            throw new IllegalArgumentException("a cluster has nodes, copies and entries");
        }
    }

    public ScriptedOptions withNodes(int count) {
        return new ScriptedOptions(
                count,
                replicationFactor,
                maxSegmentEntries,
                requestTimeoutMs,
                leaseMs,
                replaceAfterMs,
                wideNode,
                scrubMs);
    }

    public ScriptedOptions withReplicationFactor(int copies) {
        return new ScriptedOptions(
                nodes, copies, maxSegmentEntries, requestTimeoutMs, leaseMs, replaceAfterMs, wideNode, scrubMs);
    }

    public ScriptedOptions withMaxSegmentEntries(long entries) {
        return new ScriptedOptions(
                nodes, replicationFactor, entries, requestTimeoutMs, leaseMs, replaceAfterMs, wideNode, scrubMs);
    }

    public ScriptedOptions withRequestTimeoutMs(long ms) {
        return new ScriptedOptions(
                nodes, replicationFactor, maxSegmentEntries, ms, leaseMs, replaceAfterMs, wideNode, scrubMs);
    }

    public ScriptedOptions withReplaceAfterMs(long ms) {
        return new ScriptedOptions(
                nodes, replicationFactor, maxSegmentEntries, requestTimeoutMs, leaseMs, ms, wideNode, scrubMs);
    }

    public ScriptedOptions withWideNode(long node) {
        return new ScriptedOptions(
                nodes, replicationFactor, maxSegmentEntries, requestTimeoutMs, leaseMs, replaceAfterMs, node, scrubMs);
    }

    public ScriptedOptions withScrubMs(long ms) {
        return new ScriptedOptions(
                nodes, replicationFactor, maxSegmentEntries, requestTimeoutMs, leaseMs, replaceAfterMs, wideNode, ms);
    }
}

package io.walrus.node.config;

import java.time.Duration;

/// How long a node waits for others before it goes on without them.
///
/// @param request how long a request may wait for its segment's leader
/// @param lease how long this node may lead segments after the metadata's leader last confirmed that it may
/// @param node how long a node counts as alive after it was last heard
/// @param stall how long a write may take before the node gives up what it leads
/// @param replaceAfter how long a node may be silent before others take what it stores
public record Timeouts(Duration request, Duration lease, Duration node, Duration stall, Duration replaceAfter) {
    /// Node timeouts that a channel to another node may be silent before it is given up.
    private static final int PEER_SILENCE_NODE_TIMEOUTS = 3;

    public Timeouts {
        if (!request.isPositive()
                || !lease.isPositive()
                || !node.isPositive()
                || !stall.isPositive()
                || !replaceAfter.isPositive()) {
            throw new IllegalArgumentException("a node's timeouts are positive");
        }
    }

    public long requestNs() {
        return request.toNanos();
    }

    public long leaseNs() {
        return lease.toNanos();
    }

    public long nodeNs() {
        return node.toNanos();
    }

    public long stallNs() {
        return stall.toNanos();
    }

    /// How long nothing may become committed of a segment of which enough replicas are alive. Longer than
    /// [#stallNs] by the node timeout: a follower whose disk hangs is known for that before its leader blames
    /// itself.
    public long commitStallNs() {
        return stallNs() + nodeNs();
    }

    /// How long a node may be silent before others take what it stores: it is not gone before it counts as dead.
    public long replaceAfterNs() {
        return Math.max(replaceAfter.toNanos(), node.toNanos());
    }

    /// How long a channel to another node may be silent before it is given up.
    public long peerSilenceNs() {
        return PEER_SILENCE_NODE_TIMEOUTS * node.toNanos();
    }
}

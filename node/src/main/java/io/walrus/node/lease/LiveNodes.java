package io.walrus.node.lease;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Which nodes are alive: counted by the metadata's leader from what it hears, taken from its answers by the others.
/// Guarded by the node's lock.
final class LiveNodes {
    private final long self;
    private final long timeoutNs;
    private final Map<Long, Long> heardNs = new HashMap<>();
    private List<Long> told = List.of();

    /// Knows of nobody but this node yet.
    ///
    /// @param timeoutNs how long a node counts as alive after it was last heard
    LiveNodes(long self, long timeoutNs) {
        this.self = self;
        this.timeoutNs = timeoutNs;
    }

    /// A node asked this one, the metadata's leader.
    void heard(long nodeId, long nowNs) {
        heardNs.put(nodeId, nowNs);
    }

    /// This node begins to count: those it has not heard of have the whole time to show that they are alive.
    ///
    /// @param heardBefore when each of the others was last heard, now if never
    void begin(Map<Long, Long> heardBefore) {
        heardNs.putAll(heardBefore);
    }

    /// There is this node: it counts as alive from here on, if it was not known before.
    void watch(long nodeId, long nowNs) {
        heardNs.putIfAbsent(nodeId, nowNs);
    }

    /// Whether a node has not been heard of for too long.
    boolean isDead(long nodeId, long nowNs) {
        return isSilent(nodeId, nowNs, timeoutNs);
    }

    /// Whether a node was last heard at least `forNs` ago.
    boolean isSilent(long nodeId, long nowNs, long forNs) {
        Long at = heardNs.get(nodeId);
        return nodeId != self && at != null && nowNs - at >= forNs;
    }

    /// The metadata's leader says who is alive.
    void told(List<Long> live) {
        told = live;
    }

    /// Those this node has heard from of late, and itself, in order.
    List<Long> heardOf(long nowNs) {
        TreeSet<Long> live = new TreeSet<>(List.of(self));
        heardNs.forEach((node, at) -> {
            if (nowNs - at < timeoutNs) {
                live.add(node);
            }
        });
        return List.copyOf(live);
    }

    /// The live nodes as last told.
    List<Long> live() {
        return told;
    }
}

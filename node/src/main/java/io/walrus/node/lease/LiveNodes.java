package io.walrus.node.lease;

import io.walrus.node.peer.LogHealth;
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
    private final Map<Long, LogHealth> health = new HashMap<>();
    private List<Long> told = List.of();
    private List<Long> toldFull = List.of();

    /// Knows of nobody but this node yet.
    ///
    /// @param timeoutNs how long a node counts as alive after it was last heard
    LiveNodes(long self, long timeoutNs) {
        this.self = self;
        this.timeoutNs = timeoutNs;
    }

    /// A node asked this one, the metadata's leader, and said how its log is.
    void heard(long nodeId, LogHealth log, long nowNs) {
        heardNs.put(nodeId, nowNs);
        health.put(nodeId, log);
    }

    /// How this node's own log is.
    void own(LogHealth log) {
        health.put(self, log);
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

    /// Whether a node has not been heard of for too long, or has said that its log failed.
    boolean isDead(long nodeId, long nowNs) {
        return health.get(nodeId) == LogHealth.FAILED || isSilent(nodeId, nowNs, timeoutNs);
    }

    /// Whether a node was last heard at least `forNs` ago.
    boolean isSilent(long nodeId, long nowNs, long forNs) {
        Long at = heardNs.get(nodeId);
        return nodeId != self && at != null && nowNs - at >= forNs;
    }

    /// The metadata's leader says who is alive, and whose disks are full.
    void told(List<Long> live, List<Long> full) {
        told = live;
        toldFull = full;
    }

    /// Those this node has heard from of late, and itself, in order; but none whose log has failed.
    List<Long> heardOf(long nowNs) {
        TreeSet<Long> live = new TreeSet<>(List.of(self));
        heardNs.forEach((node, at) -> {
            if (nowNs - at < timeoutNs) {
                live.add(node);
            }
        });
        live.removeIf(node -> health.get(node) == LogHealth.FAILED);
        return List.copyOf(live);
    }

    /// Those of `nodes` whose disks are full, as far as this node was told.
    List<Long> fullAmong(List<Long> nodes) {
        return nodes.stream().filter(node -> health.get(node) == LogHealth.FULL).toList();
    }

    /// The live nodes as last told.
    List<Long> live() {
        return told;
    }

    /// Those of them whose disks are not full.
    List<Long> withRoom() {
        return told.stream().filter(node -> !toldFull.contains(node)).toList();
    }
}

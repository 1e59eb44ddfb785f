package io.walrus.node.membership;

import io.walrus.node.peer.LogHealth;
import io.walrus.node.peer.NodeReport;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// Which nodes are alive: counted by the metadata's leader from what it hears, taken from its answers by the others.
/// Guarded by the node's lock.
final class LiveNodes {
    private final long self;
    private final long timeoutNs;
    private final Map<Long, Long> heardNs = new HashMap<>();
    private final Map<Long, LogHealth> health = new HashMap<>();
    private List<NodeReport> told = List.of();
    private List<Long> live = List.of();
    private List<Long> withRoom = List.of();

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

    /// What the metadata's leader says of the nodes.
    void told(List<NodeReport> reports) {
        told = reports;
        live = reports.stream()
                .filter(NodeReport::isAlive)
                .map(NodeReport::nodeId)
                .toList();
        withRoom = reports.stream()
                .filter(report -> report.isAlive() && report.health() == LogHealth.OK)
                .map(NodeReport::nodeId)
                .toList();
    }

    /// What this node, the metadata's leader, knows of those it has ever heard from, and of itself, in order.
    List<NodeReport> reports(long nowNs) {
        TreeMap<Long, NodeReport> reports = new TreeMap<>();
        reports.put(self, report(self, 0));
        heardNs.forEach((node, at) -> {
            if (node != self) {
                reports.put(node, report(node, nowNs - at));
            }
        });
        return List.copyOf(reports.values());
    }

    private NodeReport report(long node, long silentNs) {
        LogHealth log = health.getOrDefault(node, LogHealth.OK);
        boolean isAlive = silentNs < timeoutNs && log != LogHealth.FAILED;
        return new NodeReport(node, log, isAlive, TimeUnit.NANOSECONDS.toMillis(silentNs));
    }

    /// What was last told.
    List<NodeReport> told() {
        return told;
    }

    /// The live nodes as last told.
    List<Long> live() {
        return live;
    }

    /// Those of them whose disks are not full.
    List<Long> withRoom() {
        return withRoom;
    }
}

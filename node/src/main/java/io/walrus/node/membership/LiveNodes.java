package io.walrus.node.membership;

import io.walrus.node.part.MetadataView;
import io.walrus.node.part.Now;
import io.walrus.node.peer.LogHealth;
import io.walrus.node.peer.NodeReport;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// Which nodes are alive: counted by the metadata's leader from what it hears, taken from its answers by the others.
/// A node is alive while it was heard less than the node timeout ago and its log is fit. Guarded by the node's
/// lock.
public final class LiveNodes {
    private final long self;
    private final Now now;
    private final long timeoutNs;
    private final Map<Long, Long> heardNs = new HashMap<>();
    private final Map<Long, LogHealth> health = new HashMap<>();
    private List<NodeReport> reports = List.of();
    private long reportedNs;
    private List<Long> live = List.of();
    private List<Long> withRoom = List.of();

    /// Knows of nobody but this node yet.
    ///
    /// @param timeoutNs how long a node counts as alive after it was last heard
    public LiveNodes(MetadataView view, Now now, long timeoutNs) {
        this.self = view.self().nodeId();
        this.now = now;
        this.timeoutNs = timeoutNs;
        health.put(self, LogHealth.OK);
    }

    /// How this node's log is. Others hear of it with the next question.
    public void own(LogHealth log) {
        health.put(self, log);
    }

    /// How this node's log is.
    public LogHealth own() {
        return health.getOrDefault(self, LogHealth.OK);
    }

    /// Whether this node's log is of use now. If it failed or stalls, this node leads nothing, and vouches for nothing.
    public boolean isFit() {
        return own().isFit();
    }

    /// A node asked this one, the metadata's leader, and said how its log is.
    void heard(long nodeId, LogHealth log) {
        heardNs.put(nodeId, now.ns());
        health.put(nodeId, log);
    }

    /// This node begins to count: those it has not heard of have the whole time to show that they are alive.
    ///
    /// @param heardBefore when each of the others was last heard, now if never
    void begin(Map<Long, Long> heardBefore) {
        heardNs.putAll(heardBefore);
    }

    /// A node belongs to the cluster: it counts as heard now if it was never heard.
    void add(long nodeId) {
        heardNs.putIfAbsent(nodeId, now.ns());
    }

    /// Whether a node is alive, as this one counts. Only while this node leads the metadata.
    public boolean isAlive(long nodeId) {
        return health.getOrDefault(nodeId, LogHealth.OK).isFit() && silentFor(nodeId) < timeoutNs;
    }

    /// How many nanoseconds ago a node was last heard; 0 for this one, and for those never counted. Only while this
    /// node leads the metadata.
    long silentFor(long nodeId) {
        Long at = heardNs.get(nodeId);
        return nodeId == self || at == null ? 0 : now.ns() - at;
    }

    /// What the metadata's leader says of the nodes.
    void follow(List<NodeReport> ofLeader) {
        reports = ofLeader;
        reportedNs = now.ns();
        live = ofLeader.stream()
                .filter(NodeReport::isAlive)
                .map(NodeReport::nodeId)
                .toList();
        withRoom = ofLeader.stream()
                .filter(report -> report.isAlive() && report.health() == LogHealth.OK)
                .map(NodeReport::nodeId)
                .toList();
    }

    /// What this node, the metadata's leader, knows of those it has ever heard from, and of itself, in order.
    List<NodeReport> count() {
        TreeMap<Long, NodeReport> counted = new TreeMap<>();
        counted.put(self, report(self, 0));
        heardNs.forEach((node, at) -> {
            if (node != self) {
                counted.put(node, report(node, now.ns() - at));
            }
        });
        return List.copyOf(counted.values());
    }

    private NodeReport report(long node, long silentNs) {
        LogHealth log = health.getOrDefault(node, LogHealth.OK);
        boolean isAlive = silentNs < timeoutNs && log.isFit();
        return new NodeReport(node, log, isAlive, TimeUnit.NANOSECONDS.toMillis(silentNs));
    }

    /// What the metadata's leader last said of the nodes. If it has said nothing for the node timeout, nobody knows
    /// more of the others than that they were silent since.
    public List<NodeReport> reports() {
        long sinceNs = now.ns() - reportedNs;
        return sinceNs < timeoutNs
                ? reports
                : reports.stream().map(report -> aged(report, sinceNs)).toList();
    }

    private NodeReport aged(NodeReport report, long sinceNs) {
        if (report.nodeId() == self) {
            return report(self, 0);
        }
        return new NodeReport(
                report.nodeId(), report.health(), false, report.silentMs() + TimeUnit.NANOSECONDS.toMillis(sinceNs));
    }

    /// The live nodes among them.
    public List<Long> live() {
        return live;
    }

    /// Those of them whose disks are not full.
    public List<Long> withRoom() {
        return withRoom;
    }
}

package io.walrus.node.membership;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.NodeStatus;
import io.walrus.metadata.Placement;
import io.walrus.metadata.Replica;
import io.walrus.node.peer.LogHealth;
import io.walrus.node.peer.NodeReport;
import io.walrus.node.peer.Peer;
import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.Peers;
import io.walrus.node.port.MetadataPort;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The conversation with the metadata's leader, ten times a second: it renews this node's lease, shows that this
/// node is alive and how its log is, and tells which others are and whose disks are full. Guarded by the node's lock.
public final class Heartbeats {
    private static final long SYNC_NS = 100_000_000L;

    private final long self;
    private final MetadataPort metadata;
    private final Peers peers;
    private final Lease lease;
    private final LiveNodes live;
    private final int replicationFactor;
    private boolean leading;
    private long askedNs;
    private boolean everAsked;
    private boolean leaving;
    private LogHealth health = LogHealth.OK;

    /// Makes it.
    ///
    /// @param leaseNs how long this node may lead after it was last confirmed
    /// @param nodeTimeoutNs how long a node counts as alive after it was last heard
    /// @param replicationFactor how many replicas a segment gets, if there are as many nodes
    public Heartbeats(
            long self, MetadataPort metadata, Peers peers, long leaseNs, long nodeTimeoutNs, int replicationFactor) {
        this.self = self;
        this.replicationFactor = replicationFactor;
        this.metadata = metadata;
        this.peers = peers;
        this.lease = new Lease(leaseNs);
        this.live = new LiveNodes(self, nodeTimeoutNs);
    }

    public Lease lease() {
        return lease;
    }

    /// This node is about to stop, and leads nothing new if another can.
    ///
    /// @return whether another can
    public boolean leave() {
        leaving = live.live().stream().anyMatch(this::isReached);
        return leaving;
    }

    /// How this node's log is. Others hear of it with the next question.
    public void health(LogHealth now) {
        health = now;
        live.own(now);
    }

    /// Whether this node's log has failed: it leads nothing any more, and vouches for nothing.
    public boolean hasFailed() {
        return health == LogHealth.FAILED;
    }

    /// Whether this node's disk is full, and there is a node to lead in its place whose disk is not.
    public boolean isFullAndReplaceable() {
        return health == LogHealth.FULL && live.withRoom().stream().anyMatch(this::isReached);
    }

    /// Whether this node is about to stop, and another can lead what it led.
    public boolean isLeaving() {
        return leaving;
    }

    /// The replicas of a topic's next segment, its leader first: the next active node by id, round robin, that is
    /// alive, can be reached, and has room on its disk; if there is none, one that lacks only room; any that can be
    /// reached; else this one.
    ///
    /// @param last the leader of the segment before
    public List<Replica> successors(ClusterState state, long last) {
        List<Long> reached =
                state.nodes().keySet().stream().filter(this::mayLead).toList();
        List<Long> active = reached.stream()
                .filter(node -> state.status(node) == NodeStatus.ACTIVE)
                .toList();
        List<Long> wanted = active.isEmpty() ? reached : active;
        List<Long> withRoom = wanted.stream().filter(this::hasRoom).toList();
        List<Long> candidates = withRoom.isEmpty() ? wanted : withRoom;
        long leader = candidates.stream()
                .filter(node -> node > last)
                .findFirst()
                .orElse(candidates.isEmpty() ? Long.valueOf(self) : candidates.getFirst());
        return Placement.ledBy(leader, state, live.withRoom(), replicationFactor);
    }

    private boolean mayLead(long node) {
        return live.live().contains(node) && (node == self ? !leaving && !hasFailed() : isReached(node));
    }

    private boolean hasRoom(long node) {
        return node == self ? health == LogHealth.OK : live.withRoom().contains(node);
    }

    /// What the metadata's leader knows of the nodes, as last told.
    public List<NodeReport> reports() {
        return live.told();
    }

    /// Whether this node leads the metadata, and so has to look after what dead nodes led.
    public boolean leadsMetadata() {
        return leading;
    }

    /// Whether a node has not been heard of for too long. Only while this node is in charge.
    public boolean isDead(long nodeId, long nowNs) {
        return live.isDead(nodeId, nowNs);
    }

    /// Whether a node has not been heard of for at least `forNs`. Only while this node is in charge.
    public boolean isSilent(long nodeId, long nowNs, long forNs) {
        return live.isSilent(nodeId, nowNs, forNs);
    }

    /// Whether a node is surely there. Only while this node is in charge.
    public boolean isThere(long nodeId, long nowNs) {
        return nodeId == self || (isReached(nodeId) && !live.isDead(nodeId, nowNs));
    }

    private boolean isReached(long nodeId) {
        Peer peer = peers.find(nodeId);
        return peer != null && peer.isUp();
    }

    public void tick(long nowNs) {
        boolean led = leading;
        leading = metadata.leads();
        if (leading) {
            if (!led || peers.wasDeaf()) {
                live.begin(lastHeard(led, nowNs));
            }
            peers.all().forEach(peer -> live.watch(peer.nodeId(), nowNs));
            lease.confirmed(nowNs);
            live.told(live.reports(nowNs));
        } else if (!everAsked || nowNs - askedNs >= SYNC_NS) {
            ask(nowNs);
        }
    }

    /// When each of the others was last heard. A node that has just come to lead the metadata has heard no question of
    /// theirs, but may know from its own channel that one has been silent for long. A node that stood still knows
    /// nothing.
    private Map<Long, Long> lastHeard(boolean stoodStill, long nowNs) {
        Map<Long, Long> heard = new HashMap<>();
        for (Peer peer : peers.all()) {
            heard.put(peer.nodeId(), stoodStill || !peer.wasHeard() ? nowNs : peer.heardNs());
        }
        return heard;
    }

    /// Asks the metadata's leader now.
    public void ask(long nowNs) {
        Peer leader = peers.find(metadata.leaderId());
        if (leader != null && leader.isUp()) {
            everAsked = true;
            askedNs = nowNs;
            leader.send(new PeerMessage.Sync(nowNs, health));
        }
    }

    /// Another node asks: only the metadata's leader may answer, which begins to count now if it has not yet.
    public void asked(Peer from, PeerMessage.Sync sync, long appliedVersion, long nowNs) {
        if (metadata.leads()) {
            if (!leading) {
                // Nodes that it left out would be taken for dead.
                tick(nowNs);
            }
            live.heard(from.nodeId(), sync.health(), nowNs);
            from.send(new PeerMessage.Synced(sync.sentNs(), appliedVersion, live.reports(nowNs)));
        }
    }

    /// The metadata's leader answers.
    public void answered(Peer from, PeerMessage.Synced synced, long appliedVersion) {
        if (from.nodeId() == metadata.leaderId()) {
            live.told(synced.nodes());
            lease.answered(synced.sentNs(), synced.version(), appliedVersion);
        }
    }

    /// This node has applied so many changes by now.
    public void applied(long version) {
        lease.applied(version);
    }

    /// Whether all that was decided before `sinceNs` is known here.
    public boolean knewAll(long sinceNs) {
        return metadata.leads() || lease.isSyncedSince(sinceNs);
    }
}

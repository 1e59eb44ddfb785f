package io.walrus.node.lease;

import io.walrus.metadata.ClusterState;
import io.walrus.node.peer.Peer;
import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.Peers;
import io.walrus.node.port.MetadataPort;
import java.util.List;

/// The conversation with the metadata's leader, ten times a second: it renews this node's lease, shows that this
/// node is alive, and tells which others are. Guarded by the node's lock.
public final class Membership {
    private static final long SYNC_NS = 100_000_000L;

    private final long self;
    private final MetadataPort metadata;
    private final Peers peers;
    private final Lease lease;
    private final LiveNodes live;
    private long askedNs;
    private boolean everAsked;
    private boolean leaving;

    /// Makes it.
    ///
    /// @param leaseNs how long this node may lead after it was last confirmed
    /// @param nodeTimeoutNs how long a node counts as alive after it was last heard
    public Membership(long self, MetadataPort metadata, Peers peers, long leaseNs, long nodeTimeoutNs) {
        this.self = self;
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

    /// Whether this node is about to stop, and another can lead what it led.
    public boolean isLeaving() {
        return leaving;
    }

    /// The node to lead a topic's next segment: the next one by id, round robin, that is alive and can be reached; this
    /// one if there is no other.
    public long next(ClusterState state) {
        List<Long> candidates = state.nodes().keySet().stream()
                .filter(live.live()::contains)
                .filter(node -> node == self ? !leaving : isReached(node))
                .toList();
        return candidates.stream()
                .filter(node -> node > self)
                .findFirst()
                .orElse(candidates.isEmpty() ? Long.valueOf(self) : candidates.getFirst());
    }

    private boolean isReached(long nodeId) {
        Peer peer = peers.find(nodeId);
        return peer != null && peer.isUp();
    }

    public void tick(long nowNs) {
        if (metadata.leads()) {
            lease.confirmed(nowNs);
            live.told(live.heardOf(nowNs));
        } else if (!everAsked || nowNs - askedNs >= SYNC_NS) {
            ask(nowNs);
        }
    }

    /// Asks the metadata's leader now.
    public void ask(long nowNs) {
        Peer leader = peers.find(metadata.leaderId());
        if (leader != null && leader.isUp()) {
            everAsked = true;
            askedNs = nowNs;
            leader.send(new PeerMessage.Sync(nowNs));
        }
    }

    /// Another node asks: only the metadata's leader may answer.
    public void asked(Peer from, long sentNs, long appliedVersion, long nowNs) {
        if (metadata.leads()) {
            live.heard(from.nodeId(), nowNs);
            from.send(new PeerMessage.Synced(sentNs, appliedVersion, live.heardOf(nowNs)));
        }
    }

    /// The metadata's leader answers.
    public void answered(Peer from, PeerMessage.Synced synced, long appliedVersion) {
        if (from.nodeId() == metadata.leaderId()) {
            live.told(synced.live());
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

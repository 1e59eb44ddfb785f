package io.walrus.node.membership;

import io.walrus.node.config.Timing;
import io.walrus.node.part.MetadataView;
import io.walrus.node.part.Now;
import io.walrus.node.part.Part;
import io.walrus.node.peer.Peer;
import io.walrus.node.peer.PeerFollower;
import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.Peers;
import io.walrus.node.port.MetadataPort;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The conversation with the metadata's leader, ten times a second: it renews this node's lease, shows that this
/// node is alive and how its log is, and tells which others are and whose disks are full. Guarded by the node's lock.
public final class Heartbeats implements Part, PeerFollower {
    private static final Logger LOG = LoggerFactory.getLogger(Heartbeats.class);

    private final MetadataPort metadata;
    private final Peers peers;
    private final LiveNodes live;
    private final Lease lease;
    private final MetadataView view;
    private final Now now;
    private boolean leading;
    private long askedNs;
    private boolean everAsked;
    private boolean hasLeader;
    private long leaderSeenNs;
    private boolean isLossTold;
    private long yieldAgainNs;
    private boolean lags;
    private long lagsSinceNs;

    public Heartbeats(MetadataPort metadata, Peers peers, LiveNodes live, Lease lease, MetadataView view, Now now) {
        this.metadata = metadata;
        this.peers = peers;
        this.live = live;
        this.lease = lease;
        this.view = view;
        this.now = now;
    }

    /// Whether this node leads the metadata, and so has to look after what dead nodes led.
    public boolean leadsMetadata() {
        return leading;
    }

    /// Renews the lease where this node leads the metadata itself, else asks whoever does.
    @Override
    public void tick() {
        boolean led = leading;
        leading = metadata.leads();
        if (leading) {
            if (!led || peers.hasPaused()) {
                live.begin(lastHeard(led));
            }
            peers.all().forEach(peer -> live.add(peer.nodeId()));
            lease.renew();
            live.follow(live.count());
        }
        watchLag();
        tellIfLost();
        yieldIfUnfit();
        if (!leading && (!everAsked || now.ns() - askedNs >= Timing.HEARTBEAT_NS)) {
            ask();
        }
    }

    /// A node lags while it leads the metadata without having applied all of it, or has heard from the leader of more.
    /// Once it counts as stalled for that, it lags until it has caught up, whoever leads. While it hears nobody it
    /// can't catch up, and that is no fault of its own.
    private void watchLag() {
        long leader = metadata.leaderId();
        boolean isCaughtUp = lags && lease.isSyncedSince(lagsSinceNs);
        boolean leadsBehind = !leading && leader == view.self().nodeId();
        boolean hasHeardOfMore = leader != 0 && lease.isBehind();
        boolean wasStalled = lags && !live.isFit();
        if (!lags || peers.all().stream().noneMatch(peer -> peer.isConnected() && peer.isAlive())) {
            lagsSinceNs = now.ns();
        }
        lags = !isCaughtUp && (leadsBehind || hasHeardOfMore || wasStalled);
    }

    /// For how long this node has yet to apply what it knows to be decided, in nanoseconds; 0 if there is no such
    /// thing.
    public long behindNs() {
        return lags ? now.ns() - lagsSinceNs : 0;
    }

    /// Whether this process stood still before this tick.
    public boolean hasPaused() {
        return peers.hasPaused();
    }

    /// A node whose log is of no use does not lead the metadata if another can.
    private void yieldIfUnfit() {
        if (!live.isFit()
                && now.ns() - yieldAgainNs >= 0
                && live.withRoom().stream().anyMatch(peers::isConnected)) {
            yieldAgainNs = now.ns() + Timing.YIELD_AGAIN_NS;
            metadata.yieldLead();
        }
    }

    /// Nothing is decided without a leader of the metadata, and there is none without a majority of the nodes.
    private void tellIfLost() {
        if (leading || metadata.leaderId() != 0) {
            if (isLossTold) {
                LOG.warn("node {} leads the metadata: topics are created and failed over again", metadata.leaderId());
            }
            isLossTold = false;
            hasLeader = true;
            leaderSeenNs = now.ns();
        } else if (hasLeader && !isLossTold && now.ns() - leaderSeenNs >= Timing.LEADER_LOST_NS) {
            isLossTold = true;
            LOG.warn("no node leads the metadata: most likely too few of the nodes are up and connected");
        }
    }

    /// When each of the others was last heard. A node that has just come to lead the metadata has heard no question of
    /// theirs, but may know from its own channel that one has been silent for long. A node that stood still knows
    /// nothing.
    private Map<Long, Long> lastHeard(boolean stoodStill) {
        Map<Long, Long> heard = new HashMap<>();
        for (Peer peer : peers.all()) {
            heard.put(peer.nodeId(), stoodStill || !peer.wasHeard() ? now.ns() : peer.heardNs());
        }
        return heard;
    }

    /// Asks the metadata's leader now.
    public void ask() {
        Peer leader = peers.connected(metadata.leaderId());
        if (leader != null) {
            everAsked = true;
            askedNs = now.ns();
            leader.send(new PeerMessage.Sync(now.ns(), live.own()));
        }
    }

    /// The peer may be the metadata's leader, which could not be asked before.
    @Override
    public void up(Peer peer) {
        ask();
    }

    /// Another node asks: only the metadata's leader may answer, which begins to count now if it has not yet.
    public void sync(Peer from, PeerMessage.Sync sync) {
        if (metadata.leads()) {
            if (!leading) {
                // Nodes that it left out would be taken for dead.
                tick();
            }
            live.heard(from.nodeId(), sync.health());
            from.send(new PeerMessage.Synced(sync.sentNs(), view.version(), live.count()));
        }
    }

    /// The metadata's leader answers.
    public void synced(Peer from, PeerMessage.Synced synced) {
        if (from.nodeId() == metadata.leaderId()) {
            live.follow(synced.nodes());
            lease.answered(synced.sentNs(), synced.version(), view.version());
        }
    }

    @Override
    public void followed() {
        lease.applied(view.version());
    }

    /// Whether a node is connected and alive, as this one is of course. Only while this node leads the metadata.
    boolean isPresent(long nodeId) {
        return nodeId == view.self().nodeId() || (peers.isConnected(nodeId) && live.isAlive(nodeId));
    }

    /// Whether all that was decided before `sinceNs` is known here.
    public boolean knewAll(long sinceNs) {
        return metadata.leads() || lease.isSyncedSince(sinceNs);
    }
}

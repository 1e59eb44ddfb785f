package io.walrus.node.peer;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.NodeInfo;
import io.walrus.node.config.Timing;
import io.walrus.node.part.FlushedPart;
import io.walrus.node.part.MetadataFollower;
import io.walrus.node.part.MetadataView;
import io.walrus.node.part.Now;
import io.walrus.node.peer.PeerMessage.Answer;
import io.walrus.node.peer.PeerMessage.Hello;
import io.walrus.node.peer.PeerMessage.Ping;
import io.walrus.storage.engine.EngineConfig;
import io.walrus.transport.PeerChannel;
import io.walrus.transport.PeerTransport;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The other nodes, with one channel to each: of two nodes the one with the greater id connects. Guarded by the node's
/// lock.
public final class Peers implements FlushedPart, MetadataFollower {
    private static final Logger LOG = LoggerFactory.getLogger(Peers.class);

    /// The log of any node takes entries of that size.
    public static final int LEAST_ENTRY_BYTES = EngineConfig.maxEntryBytes(4 << 20);

    /// Is told what the peers have to say.
    public interface Audience {
        /// A message other than an answer.
        void heard(Peer from, PeerMessage message);
    }

    private static final class Dial {
        private long againNs;
        private long waitNs = Timing.FIRST_REDIAL_NS;
    }

    private final MetadataView view;
    private final Now now;
    private final long self;
    private final PeerTransport transport;
    private final long aliveNs;
    private final long silenceNs;
    private final Terms terms;
    private final SendBuffers buffers = new SendBuffers();
    private final Map<Long, Peer> byId = new HashMap<>();
    private final Map<Long, Dial> dials = new HashMap<>();
    private final Map<PeerChannel, Peer> byChannel = new HashMap<>();
    private Audience audience = (_, _) -> {};
    private PeerFollower follower = new PeerFollower() {};
    private long tickedNs;
    private boolean hasPaused;
    /// The largest entry that the log of any node takes, as far as is known.
    private int allTakeBytes;

    /// Nobody is known yet.
    ///
    /// @param aliveNs after which a peer that says nothing is not waited for where that can be helped
    /// @param silenceNs after which the connection with it is given up
    /// @param terms what this node says of itself
    public Peers(MetadataView view, Now now, PeerTransport transport, long aliveNs, long silenceNs, Terms terms) {
        this.view = view;
        this.now = now;
        this.self = view.self().nodeId();
        this.transport = transport;
        this.aliveNs = aliveNs;
        this.silenceNs = silenceNs;
        this.terms = terms;
        this.allTakeBytes = Math.min(terms.maxEntryBytes(), LEAST_ENTRY_BYTES);
    }

    /// Who is told, from now on, what the peers say, and which of them can be asked.
    public void listen(Audience listener, PeerFollower ofConnections) {
        audience = listener;
        follower = ofConnections;
    }

    /// Whether the log of any node takes an entry of that size for sure.
    public boolean allTake(int entryBytes) {
        return entryBytes <= allTakeBytes;
    }

    public @Nullable Peer find(long nodeId) {
        return byId.get(nodeId);
    }

    /// A peer of which things may be asked, or null if it is none at present.
    public @Nullable Peer connected(long nodeId) {
        Peer peer = byId.get(nodeId);
        return peer != null && peer.isConnected() ? peer : null;
    }

    /// Whether a peer is known and connected.
    public boolean isConnected(long nodeId) {
        return connected(nodeId) != null;
    }

    public Collection<Peer> all() {
        return byId.values();
    }

    /// Follows which nodes there are and where.
    @Override
    public void follow(ClusterState before) {
        ClusterState state = view.state();
        for (NodeInfo node : state.nodes().values()) {
            if (node.nodeId() == self) {
                continue;
            }
            Peer known = byId.get(node.nodeId());
            if (known == null) {
                byId.put(node.nodeId(), new Peer(node.nodeId(), node.raftAddress(), buffers));
                dials.put(node.nodeId(), new Dial());
            } else if (!known.address().equals(node.raftAddress())) {
                known.address(node.raftAddress());
                drop(known, "node " + node.nodeId() + " has moved");
            }
        }
        for (Peer peer : List.copyOf(byId.values())) {
            if (state.node(peer.nodeId()) == null) {
                drop(peer, "node " + peer.nodeId() + " has left the cluster");
                byId.remove(peer.nodeId());
                dials.remove(peer.nodeId());
            }
        }
    }

    /// Takes what came in on a channel.
    ///
    /// @param bytes which are used again after the call
    public void received(PeerChannel channel, ByteBuffer bytes) {
        List<PeerMessage> messages;
        try {
            messages = PeerCodec.decode(bytes);
        } catch (MalformedMessageException e) {
            LOG.warn("another node sent what can't be read: {}", e.getMessage());
            refuse(channel, String.valueOf(e.getMessage()));
            return;
        }
        for (PeerMessage message : messages) {
            Peer peer = byChannel.get(channel);
            if (message instanceof Hello hello) {
                if (!greeted(channel, peer, hello)) {
                    return;
                }
            } else if (peer == null || !peer.isConnected()) {
                refuse(channel, "who is speaking?");
                return;
            } else {
                peer.heard(now.ns());
                if (message instanceof Answer answer) {
                    peer.answered(answer);
                } else {
                    audience.heard(peer, message);
                }
            }
        }
    }

    /// A channel has come to its end.
    public void closed(PeerChannel channel, String reason) {
        Peer peer = byChannel.remove(channel);
        if (peer != null) {
            ended(peer, reason);
        }
    }

    /// Whether this process stood still before the last tick, and can't know who said something meanwhile.
    public boolean hasPaused() {
        return hasPaused;
    }

    /// Sends what has been said under this hold of the lock.
    @Override
    public void flush() {
        for (Peer peer : byId.values()) {
            peer.flush(now.ns());
        }
    }

    /// Connects, shows that this node is there, and gives up on what is silent or late.
    @Override
    public void tick() {
        long nowNs = now.ns();
        boolean paused = nowNs - tickedNs > Timing.OWN_PAUSE_NS;
        tickedNs = nowNs;
        hasPaused = paused;
        for (Peer peer : List.copyOf(byId.values())) {
            if (paused) {
                peer.heard(nowNs);
            }
            if (peer.channel() == null) {
                dial(peer, nowNs);
            } else if (peer.silentFor(nowNs) > silenceNs) {
                drop(peer, "node " + peer.nodeId() + " says nothing");
            } else if (peer.isConnected() && nowNs - peer.sentNs() > Timing.PING_NS) {
                peer.send(new Ping());
            }
            if (peer.silentFor(nowNs) > aliveNs) {
                peer.notAlive();
            }
            peer.expire(nowNs);
        }
    }

    private void dial(Peer peer, long nowNs) {
        Dial dial = dials.get(peer.nodeId());
        UUID cluster = view.state().clusterId();
        if (self < peer.nodeId() || dial == null || cluster == null || nowNs - dial.againNs < 0) {
            return;
        }
        PeerChannel channel = transport.connect(peer.address());
        byChannel.put(channel, peer);
        peer.connecting(channel, nowNs);
        dial.againNs = nowNs + dial.waitNs;
        dial.waitNs = Math.min(Timing.MAX_REDIAL_NS, 2 * dial.waitNs);
        greet(channel, cluster);
    }

    private void greet(PeerChannel channel, UUID cluster) {
        Batch hello = new Batch(buffers);
        PeerCodec.encode(new Hello(self, cluster, terms), hello);
        channel.send(hello.take(), buffers::give);
    }

    /// Takes a greeting, and returns it on a channel the other node opened.
    ///
    /// @return false if the channel was refused
    private boolean greeted(PeerChannel channel, @Nullable Peer dialled, Hello hello) {
        Peer peer = byId.get(hello.nodeId());
        UUID cluster = view.state().clusterId();
        if (cluster == null || !hello.clusterId().equals(cluster)) {
            refuse(channel, "this is a node of cluster " + cluster + ", not of " + hello.clusterId());
            return false;
        }
        if (peer == null || (dialled != null && dialled != peer)) {
            refuse(channel, "node " + hello.nodeId() + " is not known here");
            return false;
        }
        if (dialled == null) {
            drop(peer, "node " + peer.nodeId() + " has connected anew");
            byChannel.put(channel, peer);
            peer.connecting(channel, now.ns());
            greet(channel, cluster);
        }
        peer.received(now.ns());
        peer.connected();
        agreed(peer, hello.terms());
        Dial dial = dials.get(peer.nodeId());
        if (dial != null) {
            dial.waitNs = Timing.FIRST_REDIAL_NS;
        }
        LOG.info("connected with node {}", peer.nodeId());
        follower.up(peer);
        return true;
    }

    /// Takes note of what a peer says of itself, and tells once what does not fit.
    private void agreed(Peer peer, Terms its) {
        if (its.equals(peer.terms())) {
            return;
        }
        peer.terms(its);
        allTakeBytes = Math.min(allTakeBytes, its.maxEntryBytes());
        if (its.maxEntryBytes() != terms.maxEntryBytes()) {
            LOG.warn(
                    "node {} takes entries of at most {} bytes, this node {}: topics that both store take no larger ones"
                            + " than either does",
                    peer.nodeId(),
                    its.maxEntryBytes(),
                    terms.maxEntryBytes());
        }
        List<String> differences = terms.differences(its);
        if (!differences.isEmpty()) {
            LOG.warn(
                    "settings differ between this node and node {}: {}; give all nodes the same",
                    peer.nodeId(),
                    String.join(", ", differences));
        }
    }

    private void refuse(PeerChannel channel, String reason) {
        Peer peer = byChannel.remove(channel);
        channel.close(reason);
        if (peer != null) {
            ended(peer, reason);
        }
    }

    private void drop(Peer peer, String reason) {
        PeerChannel channel = peer.channel();
        if (channel != null) {
            refuse(channel, reason);
        }
    }

    private void ended(Peer peer, String reason) {
        boolean wasConnected = peer.isConnected();
        peer.disconnected(reason);
        if (wasConnected) {
            LOG.info("lost the connection with node {}: {}", peer.nodeId(), reason);
            follower.down(peer);
        } else {
            LOG.debug("no connection with node {}: {}", peer.nodeId(), reason);
        }
    }

    /// Closes all channels.
    public void close() {
        new ArrayList<>(byId.values()).forEach(peer -> drop(peer, "node " + self + " stops"));
    }
}

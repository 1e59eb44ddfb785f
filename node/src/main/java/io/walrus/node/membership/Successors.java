package io.walrus.node.membership;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.NodeStatus;
import io.walrus.metadata.Placement;
import io.walrus.metadata.Replica;
import io.walrus.node.part.MetadataView;
import io.walrus.node.peer.LogHealth;
import io.walrus.node.peer.Peers;
import java.util.List;

/// Which nodes lead and store a topic's next segment, as far as this node knows who could. Guarded by the node's lock.
public final class Successors {
    private final MetadataView view;
    private final LiveNodes live;
    private final Peers peers;
    private final int replicationFactor;
    private boolean leaving;

    /// @param replicationFactor how many replicas a segment gets, if there are as many nodes
    public Successors(MetadataView view, LiveNodes live, Peers peers, int replicationFactor) {
        this.view = view;
        this.live = live;
        this.peers = peers;
        this.replicationFactor = replicationFactor;
    }

    /// The replicas of a topic's next segment, its leader first: the next active node by id, round robin, that is
    /// alive and connected and has room on its disk; if there is none, one that lacks only room; then any that is
    /// connected; else this one.
    ///
    /// @param last the leader of the segment before
    public List<Replica> after(long last) {
        ClusterState state = view.state();
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
                .orElse(candidates.isEmpty() ? Long.valueOf(self()) : candidates.getFirst());
        return Placement.ledBy(leader, state, live.withRoom(), replicationFactor);
    }

    private long self() {
        return view.self().nodeId();
    }

    private boolean mayLead(long node) {
        return live.live().contains(node) && (node == self() ? !leaving && live.isFit() : peers.isConnected(node));
    }

    private boolean hasRoom(long node) {
        return node == self() ? live.own() == LogHealth.OK : live.withRoom().contains(node);
    }

    /// This node is about to stop, and leads nothing new if another can.
    ///
    /// @return whether another can
    public boolean leave() {
        leaving = live.live().stream().anyMatch(peers::isConnected);
        return leaving;
    }

    /// Whether this node is about to stop, and another can lead what it led.
    public boolean isLeaving() {
        return leaving;
    }

    /// Whether this node's disk is full, and there is a node to lead in its place whose disk is not.
    public boolean isFullAndReplaceable() {
        return live.own() == LogHealth.FULL && live.withRoom().stream().anyMatch(peers::isConnected);
    }
}

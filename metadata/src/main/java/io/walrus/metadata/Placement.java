package io.walrus.metadata;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/// Which nodes a segment goes to. Deterministic: it is part of what a command means.
public final class Placement {
    private Placement() {}

    /// The replicas of a new topic's first segment, its leader first: the CRC32C of the name's UTF-8 modulo the number
    /// of nodes picks the leader among the nodes in order of id. Only active nodes count, if there are any.
    ///
    /// @param state with at least one node
    public static List<Replica> forNewTopic(String name, ClusterState state, int replicationFactor) {
        CRC32C hash = new CRC32C();
        hash.update(name.getBytes(StandardCharsets.UTF_8));
        List<NodeInfo> active = state.nodes().values().stream()
                .filter(node -> state.status(node.nodeId()) == NodeStatus.ACTIVE)
                .toList();
        List<NodeInfo> inOrder = active.isEmpty() ? List.copyOf(state.nodes().values()) : active;
        return around(inOrder, (int) (hash.getValue() % inOrder.size()))
                .limit(replicationFactor)
                .toList();
    }

    /// The replicas of an open segment, its leader first, then other nodes after it by id, round robin: those that are
    /// alive before those that are not, and before those that are gone. Nodes that are gone are only named as long
    /// as the active ones are a majority without them; nodes that are leaving only if those that are alive are none
    /// without them.
    ///
    /// @param leader one of the nodes, whatever its status
    /// @param live nodes that are alive
    public static List<Replica> ledBy(long leader, ClusterState state, Collection<Long> live, int replicationFactor) {
        Limits.require(state.nodes().containsKey(leader), "the leader is one of the nodes");
        List<Replica> all = after(leader, state).toList();
        List<Replica> chosen = new ArrayList<>(List.of(all.getFirst()));
        all.stream()
                .skip(1)
                .filter(replica -> state.status(replica.nodeId()) == NodeStatus.ACTIVE)
                .sorted(Comparator.comparing(replica -> !live.contains(replica.nodeId())))
                .limit(replicationFactor - 1L)
                .forEach(chosen::add);
        int welcome = chosen.size();
        all.stream()
                .filter(replica -> state.status(replica.nodeId()) == NodeStatus.GONE && replica.nodeId() != leader)
                .limit(Math.min(replicationFactor - welcome, welcome - 1L))
                .forEach(chosen::add);
        for (Replica replica : all) {
            boolean isLive = replica.nodeId() == leader || live.contains(replica.nodeId());
            if (isLive && !chosen.contains(replica) && !isMajorityLive(chosen, leader, live)) {
                chosen.add(replica);
            }
        }
        return List.copyOf(chosen);
    }

    /// Whether a copy is one to count on: on the disk that its node has, and the node is active.
    public static boolean isUsable(ClusterState state, Replica replica) {
        return state.status(replica.nodeId()) == NodeStatus.ACTIVE && isPresent(state, replica);
    }

    /// Whether a copy is on the disk that its node has.
    static boolean isPresent(ClusterState state, Replica replica) {
        NodeInfo node = state.node(replica.nodeId());
        return node != null && node.diskId().equals(replica.diskId());
    }

    /// How many usable copies each segment can have at present.
    public static int wanted(ClusterState state, int replicationFactor) {
        return Math.min(
                replicationFactor, state.nodes().size() - state.statuses().size());
    }

    /// How many usable copies each segment has when all is well: nodes that are gone are missed, those that are leaving
    /// are not.
    public static int wantedReplicas(ClusterState state, int replicationFactor) {
        long leaving = state.statuses().values().stream()
                .filter(status -> status == NodeStatus.LEAVING)
                .count();
        return Math.min(replicationFactor, state.nodes().size() - (int) leaving);
    }

    /// Where copies of a sealed segment should be: the usable ones it has, and as many on other active nodes, after its
    /// leader by id, round robin, as are [#wanted].
    public static List<Replica> forSealed(ClusterState state, SealedSegment segment, int replicationFactor) {
        List<Replica> placed = new ArrayList<>(usable(state, segment));
        int lacking = wanted(state, replicationFactor) - placed.size();
        if (lacking > 0) {
            List<Replica> others = after(segment.leader(), state)
                    .filter(replica -> isUsable(state, replica) && !placed.contains(replica))
                    .limit(lacking)
                    .toList();
            placed.addAll(others);
        }
        return placed;
    }

    /// The usable copies of a sealed segment.
    public static List<Replica> usable(ClusterState state, SealedSegment segment) {
        return segment.replicas().stream()
                .filter(replica -> isUsable(state, replica))
                .toList();
    }

    /// What is left of a sealed segment's replicas without those that are not needed, provided that the usable ones
    /// have all of it. A lost disk is not needed once there are as many others as can be; a node that is
    /// leaving once
    /// there are as many as when all is well; one that is gone, and may come back with its copy, once there
    /// are as many
    /// as were asked for.
    public static List<Replica> kept(ClusterState state, SealedSegment segment, int replicationFactor) {
        int usable = usable(state, segment).size();
        if (usable == 0) {
            return segment.replicas();
        }
        boolean lostMayGo = usable >= wanted(state, replicationFactor);
        boolean leavingMayGo = usable >= wantedReplicas(state, replicationFactor);
        boolean goneMayGo = usable >= replicationFactor;
        return segment.replicas().stream()
                .filter(replica -> {
                    if (!isPresent(state, replica)) {
                        return !lostMayGo;
                    }
                    return switch (state.status(replica.nodeId())) {
                        case ACTIVE -> true;
                        case LEAVING -> !leavingMayGo;
                        case GONE -> !goneMayGo;
                    };
                })
                .toList();
    }

    private static boolean isMajorityLive(List<Replica> replicas, long leader, Collection<Long> live) {
        long alive = replicas.stream()
                .filter(replica -> replica.nodeId() == leader || live.contains(replica.nodeId()))
                .count();
        return 2 * alive > replicas.size();
    }

    /// All nodes as replicas, from this one on by id, round robin; it need not be one of them.
    private static Stream<Replica> after(long nodeId, ClusterState state) {
        SortedMap<Long, NodeInfo> nodes = state.nodes();
        return around(List.copyOf(nodes.values()), nodes.headMap(nodeId).size());
    }

    private static Stream<Replica> around(List<NodeInfo> nodes, int first) {
        return Stream.concat(nodes.stream().skip(first), nodes.stream().limit(first))
                .map(NodeInfo::replica);
    }
}

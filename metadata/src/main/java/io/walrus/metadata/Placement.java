package io.walrus.metadata;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/// The nodes that a segment goes to. Deterministic: it is part of a command's meaning.
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

    /// The replicas of an open segment: its leader first, then other nodes after it by id, round robin. Live nodes come
    /// before dead ones, and these before gone ones. A gone node is named only while the active nodes are a
    /// majority without it. A leaving node is named only if the live nodes are no majority without it, or if the
    /// replicas are no majority of those that a segment should have: an entry is never acknowledged with fewer
    /// copies.
    ///
    /// @param leader one of the nodes, of any status
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
        int enough = majority(Math.min(replicationFactor, all.size()));
        all.stream()
                .filter(replica -> !chosen.contains(replica))
                .sorted(Comparator.comparing(replica -> !live.contains(replica.nodeId())))
                .limit(Math.max(0, enough - chosen.size()))
                .toList()
                .forEach(chosen::add);
        return List.copyOf(chosen);
    }

    private static int majority(int replicas) {
        return replicas / 2 + 1;
    }

    /// Whether a copy can be counted on: its node is active, and still has the copy's disk.
    public static boolean isUsable(ClusterState state, Replica replica) {
        return state.status(replica.nodeId()) == NodeStatus.ACTIVE && isPresent(state, replica);
    }

    /// Whether a copy is on the disk that its node has.
    static boolean isPresent(ClusterState state, Replica replica) {
        NodeInfo node = state.node(replica.nodeId());
        return node != null && node.diskId().equals(replica.diskId());
    }

    /// The number of usable copies that each segment can have at present: only active nodes count.
    public static int wanted(ClusterState state, int replicationFactor) {
        return Math.min(
                replicationFactor, state.nodes().size() - state.statuses().size());
    }

    /// The number of usable copies that each segment should have: gone nodes count, since they may come back; leaving
    /// nodes don't, but as far as a majority of the replicas that there should be if all were active.
    public static int wantedReplicas(ClusterState state, int replicationFactor) {
        long leaving = state.statuses().values().stream()
                .filter(status -> status == NodeStatus.LEAVING)
                .count();
        int members = state.nodes().size();
        return Math.max(
                Math.min(replicationFactor, members - (int) leaving), majority(Math.min(replicationFactor, members)));
    }

    /// Where copies of a sealed segment should be: its usable copies, and more on other active nodes, after its leader
    /// by id, round robin, up to the number that is [#wanted].
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

    /// A sealed segment's replicas without the unneeded ones, provided that the usable ones are whole. Usable copies
    /// are needed always; the others until there are enough usable ones:
    ///
    /// - on a lost disk: [#wanted], as it can't come back;
    /// - on a leaving node: [#wantedReplicas], so that no node is emptied at the expense of a gone one;
    /// - on a gone node: the replication factor, as the node may come back with its copy.
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

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

package io.walrus.metadata;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/// Which nodes a segment goes to. Deterministic: it is part of what a command means.
public final class Placement {
    private Placement() {}

    /// The replicas of a new topic's first segment, its leader first: the CRC32C of the name's UTF-8 modulo the number
    /// of nodes picks the leader among the nodes in order of id.
    ///
    /// @param nodes at least one
    public static List<Replica> forNewTopic(String name, SortedMap<Long, NodeInfo> nodes, int replicationFactor) {
        CRC32C hash = new CRC32C();
        hash.update(name.getBytes(StandardCharsets.UTF_8));
        List<NodeInfo> inOrder = List.copyOf(nodes.values());
        return around(inOrder, (int) (hash.getValue() % inOrder.size()), replicationFactor);
    }

    /// A leader's replicas: itself and the nodes after it by id, round robin, those that are alive first; all nodes if
    /// there are fewer.
    ///
    /// @param leader one of the nodes
    /// @param live nodes that are alive
    public static List<Replica> ledBy(
            long leader, SortedMap<Long, NodeInfo> nodes, Collection<Long> live, int replicationFactor) {
        Limits.require(nodes.containsKey(leader), "the leader is one of the nodes");
        List<Replica> all =
                around(List.copyOf(nodes.values()), nodes.headMap(leader).size(), nodes.size());
        return Stream.concat(
                        all.stream().filter(replica -> replica.nodeId() == leader || live.contains(replica.nodeId())),
                        all.stream().filter(replica -> replica.nodeId() != leader && !live.contains(replica.nodeId())))
                .limit(replicationFactor)
                .toList();
    }

    private static List<Replica> around(List<NodeInfo> nodes, int first, int replicationFactor) {
        int count = Math.min(replicationFactor, nodes.size());
        List<Replica> replicas = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            replicas.add(nodes.get((first + i) % nodes.size()).replica());
        }
        return replicas;
    }
}

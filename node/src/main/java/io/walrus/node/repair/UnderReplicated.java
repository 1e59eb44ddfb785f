package io.walrus.node.repair;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Placement;
import io.walrus.metadata.Replica;
import io.walrus.node.peer.NodeReport;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// How many segments of the whole cluster have fewer copies on live nodes than they should have.
///
/// @param open of the open ones
/// @param sealed of the sealed ones
public record UnderReplicated(long open, long sealed) {
    /// Counts them by replica set, of which there are few: the segments themselves are not looked at.
    ///
    /// @param reports which nodes are alive
    /// @param replicationFactor how many copies each segment should have, if there are as many nodes
    public static UnderReplicated of(ClusterState state, List<NodeReport> reports, int replicationFactor) {
        Set<Long> alive = reports.stream()
                .filter(NodeReport::isAlive)
                .map(NodeReport::nodeId)
                .collect(Collectors.toSet());
        int wanted = Placement.wantedReplicas(state, replicationFactor);
        Predicate<List<Replica>> isShort = replicas -> usable(state, replicas, alive) < wanted;
        return new UnderReplicated(
                state.counts().openIf(isShort), state.counts().sealedIf(isShort));
    }

    private static long usable(ClusterState state, List<Replica> replicas, Set<Long> alive) {
        return replicas.stream()
                .filter(replica -> Placement.isUsable(state, replica) && alive.contains(replica.nodeId()))
                .count();
    }

    long all() {
        return open + sealed;
    }
}

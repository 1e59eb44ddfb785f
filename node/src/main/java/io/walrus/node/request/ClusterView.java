package io.walrus.node.request;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.NodeInfo;
import io.walrus.metadata.Replica;
import io.walrus.metadata.SealedSegment;
import io.walrus.metadata.Topic;
import io.walrus.node.peer.NodeReport;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// The cluster as one node knows it.
///
/// @param metadataLeader the node that leads the metadata, 0 if none is known
/// @param reports what that one knows of the nodes
/// @param replicationFactor copies that each segment should have, as far as there are nodes
public record ClusterView(ClusterState state, long metadataLeader, List<NodeReport> reports, int replicationFactor) {
    /// What there is of segments.
    ///
    /// @param sealed how many are sealed
    /// @param openUnderReplicated open ones with fewer copies on live nodes than they should have
    /// @param sealedUnderReplicated the same of sealed ones
    /// @param ledBy how many open ones each node leads
    public record Segments(long sealed, long openUnderReplicated, long sealedUnderReplicated, Map<Long, Long> ledBy) {}

    public ClusterView {
        reports = List.copyOf(reports);
    }

    /// Looks through all segments.
    public Segments segments() {
        Map<Long, UUID> disks = new HashMap<>();
        Set<Long> alive = new HashSet<>();
        reports.stream().filter(NodeReport::isAlive).forEach(report -> alive.add(report.nodeId()));
        for (NodeInfo node : state.nodes().values()) {
            if (alive.contains(node.nodeId())) {
                disks.put(node.nodeId(), node.diskId());
            }
        }
        int wanted = Math.min(replicationFactor, state.nodes().size());
        Map<Long, Long> ledBy = new HashMap<>();
        long sealed = 0;
        long openUnderReplicated = 0;
        long sealedUnderReplicated = 0;
        for (Topic topic : state.topics().values()) {
            ledBy.merge(topic.open().leader(), 1L, Long::sum);
            openUnderReplicated += isShort(topic.open().replicas(), disks, wanted) ? 1 : 0;
            sealed += topic.sealed().size();
            for (SealedSegment segment : topic.sealed().values()) {
                sealedUnderReplicated += isShort(segment.replicas(), disks, wanted) ? 1 : 0;
            }
        }
        return new Segments(sealed, openUnderReplicated, sealedUnderReplicated, Map.copyOf(ledBy));
    }

    private static boolean isShort(List<Replica> replicas, Map<Long, UUID> disks, int wanted) {
        int there = 0;
        for (Replica replica : replicas) {
            there += replica.diskId().equals(disks.get(replica.nodeId())) ? 1 : 0;
        }
        return there < wanted;
    }
}

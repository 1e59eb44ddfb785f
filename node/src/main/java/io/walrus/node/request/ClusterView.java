package io.walrus.node.request;

import io.walrus.metadata.ClusterState;
import io.walrus.node.peer.NodeReport;
import io.walrus.node.repair.UnderReplicated;
import java.util.List;

/// The cluster as one node knows it.
///
/// @param metadataLeader the node that leads the metadata, 0 if none is known
/// @param reports what that one knows of the nodes
/// @param replicationFactor copies that each segment should have, as far as there are nodes
public record ClusterView(ClusterState state, long metadataLeader, List<NodeReport> reports, int replicationFactor) {
    public ClusterView {
        reports = List.copyOf(reports);
    }

    /// The segments with too few copies.
    public UnderReplicated underReplicated() {
        return UnderReplicated.of(state, reports, replicationFactor);
    }
}

package io.walrus.consensus;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A node's id and its cluster.
///
/// @param clusterId absent as long as the cluster is not founded, or the node has not joined
public record ClusterInfo(long nodeId, @Nullable UUID clusterId) {}

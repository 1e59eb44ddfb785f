package io.walrus.consensus;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Who a node is.
///
/// @param clusterId its cluster; absent as long as the cluster is not founded, or the node not taken in
public record ClusterInfo(long nodeId, @Nullable UUID clusterId) {}

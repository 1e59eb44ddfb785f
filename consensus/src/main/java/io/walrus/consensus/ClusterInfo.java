package io.walrus.consensus;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A node's id and its cluster.
///
/// @param clusterId absent as long as the cluster is not founded, or the node has not joined
/// @param protocol the version of the messages between nodes that it speaks
/// @param run new at each start of the node, so that nobody takes another process for it
public record ClusterInfo(long nodeId, @Nullable UUID clusterId, int protocol, UUID run) {}

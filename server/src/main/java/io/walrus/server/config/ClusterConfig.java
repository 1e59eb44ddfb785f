package io.walrus.server.config;

import java.util.List;

/// A node's place among the others.
///
/// @param raftHost address to listen on for the other nodes
/// @param raftAdvertiseHost host name by which the other nodes reach this one
/// @param join the Raft address of a node of the cluster to join; empty for a first node
/// @param bootstrapTopics topics that a node started without `--join` creates while the cluster never had one
/// @param snapshotEvery metadata commands between two snapshots
public record ClusterConfig(
        String raftHost,
        String raftAdvertiseHost,
        int raftPort,
        String join,
        List<String> bootstrapTopics,
        long snapshotEvery) {
    public ClusterConfig {
        bootstrapTopics = List.copyOf(bootstrapTopics);
    }
}

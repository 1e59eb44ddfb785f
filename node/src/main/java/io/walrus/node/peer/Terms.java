package io.walrus.node.peer;

import java.util.ArrayList;
import java.util.List;

/// What a node says of itself when it connects with another one: its limit, and the settings that nodes are to have in
/// common.
///
/// @param maxEntryBytes the largest entry that its log takes
/// @param replicationFactor copies of each segment
/// @param leaseMs how long it goes on taking entries when it is cut off from the metadata's leader
/// @param nodeTimeoutMs how long a node counts as alive after it was last heard
public record Terms(int maxEntryBytes, int replicationFactor, int leaseMs, int nodeTimeoutMs) {
    /// The settings in which two nodes differ though they should not, for people: each with this node's value, then the
    /// other's.
    List<String> differences(Terms other) {
        List<String> differences = new ArrayList<>();
        add(differences, "--replication-factor", replicationFactor, other.replicationFactor);
        add(differences, "--lease-ms", leaseMs, other.leaseMs);
        add(differences, "--node-timeout-ms", nodeTimeoutMs, other.nodeTimeoutMs);
        return differences;
    }

    private static void add(List<String> differences, String setting, int here, int there) {
        if (here != there) {
            differences.add(setting + " " + here + " and " + there);
        }
    }
}

package io.walrus.metadata;

import java.util.List;
import java.util.Objects;
import org.pcollections.TreePMap;

/// The last segment of a chain, the only one that takes entries, and only from its leader.
///
/// @param number from 1, greater than that of every segment the topic ever had
/// @param leader one of the replicas' nodes
/// @param startCursors the topic's cursors when the segment was opened; later positions are records in the segment
public record OpenSegment(
        long number, long leader, List<Replica> replicas, TreePMap<String, CursorPosition> startCursors) {
    public OpenSegment {
        Limits.require(number >= 1, "segment numbers start at 1");
        replicas = List.copyOf(replicas);
        Limits.requireReplicas(replicas, leader);
        Objects.requireNonNull(startCursors, "startCursors");
    }
}

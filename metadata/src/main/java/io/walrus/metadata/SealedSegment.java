package io.walrus.metadata;

import java.util.List;

/// A segment that will never grow again.
///
/// @param records all records, cursor records included; offsets in the segment are below this
/// @param entries the records that hold entries of clients, at least one
/// @param bytes the size of the segment's data as its leader counted it
/// @param leader the node that led it, kept for the users' view; it may since have lost its replica
/// @param replicas the replica set. At the seal a majority of it had the whole segment, and the others are filled; each
///     later replica had the whole segment before it was added
/// @param moves how often the replicas were changed
public record SealedSegment(
        long number, long records, long entries, long bytes, long leader, List<Replica> replicas, long moves) {
    public SealedSegment {
        Limits.require(number >= 1, "segment numbers start at 1");
        Limits.require(entries >= 1 && entries <= records, "a sealed segment has entries, and no more than records");
        Limits.require(bytes >= 0, "a size is not negative");
        Limits.requireNodeId(leader);
        replicas = List.copyOf(replicas);
        Limits.require(!replicas.isEmpty() && replicas.size() <= Limits.MAX_REPLICAS, "a segment has 1 to 15 replicas");
        Limits.require(moves >= 0, "a count is not negative");
    }

    SealedSegment moved(List<Replica> newReplicas) {
        return new SealedSegment(number, records, entries, bytes, leader, newReplicas, moves + 1);
    }
}

package io.walrus.testkit.cluster;

/// What may go wrong in a run.
public enum ClusterFault {
    /// Nodes lose power or are killed, and come back with what their disks kept.
    CRASHES,
    /// Nodes are told to stop, hand over what they lead, and come back.
    STOPS,
    /// Nodes can't hear each other, in one direction or both.
    PARTITIONS,
    /// Channels between nodes break and lose what is under way, or can't be opened.
    BROKEN_CHANNELS,
    /// Nodes stand still for a while, and go on as if nothing had happened.
    PAUSES,
    /// Proposals get lost, late, or are applied twice or without word; the metadata's leader moves, and the last one
    /// may believe for a while that it still leads; what was decided is heard late, or as a whole.
    METADATA,
    /// Nodes come back with empty disks, one after the other and each only when all copies are where they are to be
    /// again; or the last of them not at all. Only where a minority of the replicas of any segment is concerned.
    LOSSES,
    /// Nodes are to be emptied, or are taken for gone, and are wanted again, or not.
    DRAINS,
    /// The metadata's leader loses sight of a node that others still hear, and one of those restarts meanwhile.
    FALSE_DEATHS,
    /// A write, a force or another change of a node's disk fails. The process ends a while after, and comes back.
    FAILING_DISKS,
    /// Writes and reads of a node's disk neither fail nor return for a while.
    HUNG_DISKS,
    /// The disk of one node hangs, or the node hears nobody, or is not heard, and is not mended before all others have
    /// shown that they serve without it.
    NEVER_MENDED,
    /// At the end most of the nodes are gone for good, and an operator has the others go on. Only where those have a
    /// copy of each segment.
    LOST_MAJORITY,
    /// Nodes' disks have no room for a while.
    FULL_DISKS,
    /// Bits of sealed segments turn over on the disk of one node, in runs in which no disk is lost and no node emptied.
    DAMAGE,
    /// One machine loses power, or comes back with an older state of its disk; its node starts in doubt.
    /// In runs of three copies or more in which nothing is forced as it comes.
    /// No disk or bit is lost otherwise, and no node is emptied.
    FORGETFUL_DISK,
    /// Clients leave without waiting for their replies.
    CLIENTS_LEAVE
}

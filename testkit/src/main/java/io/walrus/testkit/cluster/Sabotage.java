package io.walrus.testkit.cluster;

/// What is broken on purpose, to see that it is noticed.
enum Sabotage {
    NONE,
    /// The network delivers some messages twice.
    REPEATED_MESSAGES,
    /// The network delivers some messages of a channel after later ones.
    OVERTAKING_MESSAGES,
    /// Every node takes itself for the leader of the metadata.
    EVERYONE_LEADS,
    /// The clocks of nodes go at a tenth of their speed.
    SLOW_CLOCKS,
    /// A crashed node comes back with its disk as it was a while before.
    OLD_DISKS,
    /// Nodes say that records are stored before they are forced to the disk.
    ACKNOWLEDGED_UNFORCED,
    /// Segments are sealed with what one replica says.
    MINORITY_SEALS,
    /// Segments are sealed with a length that may be held by one replica.
    SKIPPED_TAILS,
    /// A node that starts has forgotten which of its copies were fenced.
    FORGOTTEN_FENCES,
    /// A node that starts goes on with the segments it led.
    RESUMED_SEGMENTS,
    /// A copy of a sealed segment is recorded before it is whole.
    EARLY_JOINS,
    /// Copies of sealed segments are let go without asking whether the others are whole.
    UNASKED_RELEASES,
    /// A damaged copy goes before another one has taken its place.
    DROPPED_DAMAGED
}

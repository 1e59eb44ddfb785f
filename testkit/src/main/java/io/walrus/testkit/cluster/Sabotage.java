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
    OLD_DISKS
}

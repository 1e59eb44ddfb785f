package io.walrus.testkit.cluster;

import static io.walrus.testkit.cluster.BrokenPromise.APPENDED_WITHOUT_LEASE;
import static io.walrus.testkit.cluster.BrokenPromise.COPY_MISSING;
import static io.walrus.testkit.cluster.BrokenPromise.DOUBLED;
import static io.walrus.testkit.cluster.BrokenPromise.FORGOTTEN_FENCE;
import static io.walrus.testkit.cluster.BrokenPromise.LOST;
import static io.walrus.testkit.cluster.BrokenPromise.NOT_SERVED_WITHOUT_ONE;
import static io.walrus.testkit.cluster.BrokenPromise.REORDERED;
import static io.walrus.testkit.cluster.BrokenPromise.SEALED_WITHOUT_MAJORITY;

import java.util.Set;

/// What is broken on purpose, to see that it is noticed: by a promise that the cluster cannot keep then.
enum Sabotage {
    NONE,
    /// The network delivers some messages twice.
    REPEATED_MESSAGES(DOUBLED),
    /// The network delivers some messages of a channel after later ones.
    OVERTAKING_MESSAGES(REORDERED),
    /// Every node takes itself for the leader of the metadata.
    EVERYONE_LEADS(APPENDED_WITHOUT_LEASE),
    /// The clocks of nodes go at a tenth of their speed.
    SLOW_CLOCKS(APPENDED_WITHOUT_LEASE),
    /// A crashed node comes back with its disk as it was a while before.
    OLD_DISKS(LOST, DOUBLED),
    /// Nodes say that records are stored before they are forced to the disk.
    ACKNOWLEDGED_UNFORCED(LOST, DOUBLED, FORGOTTEN_FENCE),
    /// A node that starts on a disk that has forgotten some is not in doubt.
    BELIEVED_DISKS(LOST, DOUBLED),
    /// Segments are sealed with what one replica says.
    MINORITY_SEALS(LOST, SEALED_WITHOUT_MAJORITY),
    /// Segments are sealed with a length that may be held by one replica.
    SKIPPED_TAILS(SEALED_WITHOUT_MAJORITY),
    /// A node that starts has forgotten which of its copies were fenced.
    FORGOTTEN_FENCES(FORGOTTEN_FENCE),
    /// A node that starts goes on with the segments it led.
    RESUMED_SEGMENTS(LOST, DOUBLED),
    /// A copy of a sealed segment is recorded before it is whole.
    EARLY_JOINS(COPY_MISSING),
    /// Copies of sealed segments are let go without asking whether the others are whole.
    UNASKED_RELEASES(COPY_MISSING),
    /// A damaged copy goes before another one has taken its place.
    DROPPED_DAMAGED(COPY_MISSING),
    /// A node goes on with what it leads though nothing it writes returns.
    STALLED_LEADERS(NOT_SERVED_WITHOUT_ONE);

    /// Never changes.
    @SuppressWarnings("ImmutableEnumChecker")
    private final Set<BrokenPromise> broken;

    Sabotage(BrokenPromise... broken) {
        this.broken = Set.of(broken);
    }

    /// Whether it is what breaks such a promise.
    boolean breaks(BrokenPromise promise) {
        return broken.contains(promise);
    }
}

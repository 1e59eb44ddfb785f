package io.walrus.systemtests.cluster;

/// Something that goes wrong for a while.
///
/// @param node the node it happens to
/// @param other the other end of the link it happens to
record SoakFault(Kind kind, int node, int other) {
    enum Kind {
        /// `kill -9`.
        KILL,
        KILL_TWO,
        KILL_ALL,
        /// SIGTERM.
        STOP,
        /// SIGSTOP for less than it takes to count as dead.
        PAUSE,
        /// SIGSTOP for longer than a lease.
        LONG_PAUSE,
        /// A node hears nobody and is heard by nobody.
        ISOLATE,
        /// Two nodes don't hear each other.
        CUT,
        /// One node doesn't hear another one.
        CUT_ONE_WAY,
        FULL_DISK,
        /// Nothing that is written to a node's disk returns.
        FROZEN_DISK,
        /// `kill -9`, and the data is gone.
        WIPE
    }

    /// How long it lasts at least and at most.
    int minMs() {
        return switch (kind) {
            case PAUSE -> 50;
            case LONG_PAUSE -> 2_100;
            case KILL, KILL_TWO, KILL_ALL, STOP, WIPE -> 10;
            case ISOLATE, CUT, CUT_ONE_WAY -> 200;
            case FULL_DISK -> 1_000;
            // Half of the stall timeout.
            case FROZEN_DISK -> 1_500;
        };
    }

    int maxMs() {
        return switch (kind) {
            case PAUSE -> 900;
            case KILL_TWO, KILL_ALL -> 2_000;
            case KILL, STOP, LONG_PAUSE, WIPE, FULL_DISK -> 4_000;
            case ISOLATE, CUT, CUT_ONE_WAY -> 6_000;
            case FROZEN_DISK -> 10_000;
        };
    }

    @Override
    public String toString() {
        return switch (kind) {
            case KILL, STOP, PAUSE, LONG_PAUSE, ISOLATE, FULL_DISK, FROZEN_DISK, WIPE -> kind + " " + node;
            case KILL_TWO -> kind + " " + node + " " + other;
            case KILL_ALL -> kind.toString();
            case CUT -> kind + " " + node + " <-> " + other;
            case CUT_ONE_WAY -> kind + " " + node + " -> " + other;
        };
    }
}

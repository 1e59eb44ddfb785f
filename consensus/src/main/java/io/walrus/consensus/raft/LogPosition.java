package io.walrus.consensus.raft;

import java.util.Comparator;

/// A place in the log of the metadata. Of two members, one whose log ends at a later place has all that was committed
/// as far as the other one knows.
///
/// @param term of the leader that appended the entry
public record LogPosition(long term, long index) implements Comparable<LogPosition> {
    private static final Comparator<LogPosition> ORDER =
            Comparator.comparingLong(LogPosition::term).thenComparingLong(LogPosition::index);

    @Override
    public int compareTo(LogPosition other) {
        return ORDER.compare(this, other);
    }
}

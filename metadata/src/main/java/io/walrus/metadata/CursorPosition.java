package io.walrus.metadata;

import java.util.Comparator;

/// Where a cursor stands: before the first record at or behind `offset` of `segment`. The segment may have left the
/// chain (sealed empty, or trimmed); the position then means the start of the first segment with a greater number.
public record CursorPosition(long segment, long offset) implements Comparable<CursorPosition> {
    /// The name of the one cursor of a topic that every GET shares.
    public static final String SHARED = "shared";

    private static final Comparator<CursorPosition> ORDER =
            Comparator.comparingLong(CursorPosition::segment).thenComparingLong(CursorPosition::offset);

    public CursorPosition {
        Limits.require(segment >= 1, "segment numbers start at 1");
        Limits.require(offset >= 0, "an offset is not negative");
    }

    @Override
    public int compareTo(CursorPosition other) {
        return ORDER.compare(this, other);
    }
}

package io.walrus.storage.stream;

import java.util.Arrays;

/// A sparse index of a stream file: where some of its records begin, and what lies before them. Points are added in the
/// order of their records. Not thread-safe.
final class RecordIndex {
    private static final int POINT_LONGS = 4;

    // Record, entry, bytes before it, offset.
    private long[] points = new long[POINT_LONGS * 4];
    private int count;

    boolean isEmpty() {
        return count == 0;
    }

    void add(Counts before, long offset) {
        int at = count * POINT_LONGS;
        if (at == points.length) {
            points = Arrays.copyOf(points, 2 * at);
        }
        points[at] = before.records();
        points[at + 1] = before.entries();
        points[at + 2] = before.bytes();
        points[at + 3] = offset;
        count++;
    }

    /// Where the last point lies.
    long lastOffset() {
        return points[count * POINT_LONGS - 1];
    }

    /// The last point at or before an entry (or, if `byRecord`, a record); the first one if all are behind it.
    OpenFile.Place before(long number, boolean byRecord) {
        int low = 0;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (points[middle * POINT_LONGS + (byRecord ? 0 : 1)] <= number) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        int at = low * POINT_LONGS;
        return new OpenFile.Place(new Counts(points[at], points[at + 1], points[at + 2]), points[at + 3]);
    }
}

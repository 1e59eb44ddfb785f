package io.walrus.storage.engine;

import java.util.Arrays;

/// Where in the journal the records lie that a read is to copy. Its arrays are used again and again.
final class ReadPlan {
    private static final int FIRST_RECORDS = 16;

    private final int maxRecords;
    private long[] positions = new long[FIRST_RECORDS];
    private long[] firstEntries = new long[FIRST_RECORDS];
    private int size;

    ReadPlan(int maxRecords) {
        this.maxRecords = maxRecords;
    }

    /// Notes a record.
    ///
    /// @param firstEntry entries before it
    /// @return false if no more are taken
    boolean add(long position, long firstEntry) {
        if (size == positions.length) {
            positions = Arrays.copyOf(positions, 2 * size);
            firstEntries = Arrays.copyOf(firstEntries, 2 * size);
        }
        positions[size] = position;
        firstEntries[size] = firstEntry;
        size++;
        return size < maxRecords;
    }

    void clear() {
        size = 0;
    }

    int size() {
        return size;
    }

    long position(int index) {
        return positions[index];
    }

    long firstEntry(int index) {
        return firstEntries[index];
    }
}

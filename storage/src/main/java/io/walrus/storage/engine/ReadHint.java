package io.walrus.storage.engine;

import org.jspecify.annotations.Nullable;

/// Where the last read from a stream file stopped, so that the next one goes on there without looking for the place.
final class ReadHint {
    /// No file has it.
    private static final int NO_EPOCH = 0;

    private int epoch = NO_EPOCH;
    private long record;
    private long entry;
    private long offset;

    void set(int fileEpoch, long nextRecord, long nextEntry, long nextOffset) {
        epoch = fileEpoch;
        record = nextRecord;
        entry = nextEntry;
        offset = nextOffset;
    }

    void set(ReadPlace place) {
        set(place.epoch(), place.record(), place.entry(), place.offset());
    }

    /// The same for later, or null if the last read was not from a stream file.
    @Nullable
    ReadPlace place() {
        return epoch == NO_EPOCH ? null : new ReadPlace(epoch, record, entry, offset);
    }

    void clear() {
        epoch = NO_EPOCH;
    }

    /// Whether it is where a read of this file begins, from a record or, unless `byRecord`, an entry on.
    boolean isAt(int fileEpoch, long number, boolean byRecord) {
        return epoch == fileEpoch && (byRecord ? record : entry) == number;
    }

    long record() {
        return record;
    }

    long entry() {
        return entry;
    }

    /// The byte of the file where that record begins.
    long offset() {
        return offset;
    }
}

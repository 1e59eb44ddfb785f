package io.walrus.storage.stream;

import io.walrus.storage.error.Invariants;

/// Where the records of a stream lie that are in the journal only: position, first entry and entry bytes before it, for
/// each, in 12 bytes.
///
/// A growing circular array of differences to the first record's numbers. Guarded by the stream.
public final class StreamTail {
    private static final int[] EMPTY = new int[0];
    private static final int INTS = 3;
    private static final int FIRST_RECORDS = 4;
    /// Records begin at multiples of 8, so 31 bits reach 16 GiB, many times the largest journal.
    private static final int POSITION_SHIFT = 3;

    private int[] slots = EMPTY;
    private int head;
    private int count;
    private long firstRecord;
    private long basePosition;
    private long baseEntry;
    private long baseBytes;

    public boolean isEmpty() {
        return count == 0;
    }

    public int count() {
        return count;
    }

    /// Sequence of the first record; of the next one to come if there is none.
    public long firstRecord() {
        return firstRecord;
    }

    /// Sequence after the last record.
    public long endRecord() {
        return firstRecord + count;
    }

    public void add(long record, long position, long entriesBefore, long bytesBefore) {
        if (count == 0) {
            firstRecord = record;
            rebase(position, entriesBefore, bytesBefore);
        }
        Invariants.check(record == firstRecord + count, "records of a stream are appended in order");
        if (!isInReach(position, entriesBefore, bytesBefore)) {
            shiftBase();
            Invariants.check(
                    isInReach(position, entriesBefore, bytesBefore), "the journal is smaller than a tail can index");
        }
        if (count * INTS == slots.length) {
            grow();
        }
        int slot = slot(count);
        slots[slot] = (int) ((position - basePosition) >> POSITION_SHIFT);
        slots[slot + 1] = (int) (entriesBefore - baseEntry);
        slots[slot + 2] = (int) (bytesBefore - baseBytes);
        count++;
    }

    public long position(int index) {
        return basePosition + ((long) slots[slot(index)] << POSITION_SHIFT);
    }

    /// Entries before this record.
    public long firstEntry(int index) {
        return baseEntry + slots[slot(index) + 1];
    }

    /// What lies before this record.
    public Counts countsBefore(int index) {
        return new Counts(firstRecord + index, firstEntry(index), baseBytes + slots[slot(index) + 2]);
    }

    /// The index of the record that holds an entry; the tail must reach back that far.
    public int indexOfEntry(long entry) {
        int low = 0;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (firstEntry(middle) <= entry) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /// Forgets the first records, which are in files now. Keeps its memory, see [#release].
    public void removeFirst(int removed) {
        Invariants.check(removed <= count, "only what is there can be removed");
        head = removed == count ? 0 : (head + removed) % (slots.length / INTS);
        count -= removed;
        firstRecord += removed;
    }

    /// Lets go of its memory if it is empty. A tail in use empties again and again, and would allocate each time.
    public void release() {
        if (count == 0) {
            slots = EMPTY;
        }
    }

    /// Forgets the records from `record` on; the next one to come is `record`.
    public void truncate(long record) {
        if (record <= firstRecord) {
            count = 0;
            head = 0;
            firstRecord = record;
            slots = EMPTY;
        } else if (record < endRecord()) {
            count = (int) (record - firstRecord);
        }
    }

    private int slot(int index) {
        int capacity = slots.length / INTS;
        int at = head + index;
        return (at >= capacity ? at - capacity : at) * INTS;
    }

    private boolean isInReach(long position, long entry, long bytes) {
        return (position - basePosition) >> POSITION_SHIFT <= Integer.MAX_VALUE
                && entry - baseEntry <= Integer.MAX_VALUE
                && bytes - baseBytes <= Integer.MAX_VALUE;
    }

    private void rebase(long position, long entry, long bytes) {
        basePosition = position;
        baseEntry = entry;
        baseBytes = bytes;
    }

    private void shiftBase() {
        long position = position(0);
        int positions = slots[slot(0)];
        int entries = slots[slot(0) + 1];
        int bytes = slots[slot(0) + 2];
        for (int i = 0; i < count; i++) {
            int slot = slot(i);
            slots[slot] -= positions;
            slots[slot + 1] -= entries;
            slots[slot + 2] -= bytes;
        }
        rebase(position, baseEntry + entries, baseBytes + bytes);
    }

    private void grow() {
        int capacity = Math.max(FIRST_RECORDS, count * 2);
        int[] grown = new int[capacity * INTS];
        for (int i = 0; i < count; i++) {
            System.arraycopy(slots, slot(i), grown, i * INTS, INTS);
        }
        slots = grown;
        head = 0;
    }
}

package io.walrus.storage.engine;

import io.walrus.storage.journal.RecordFormat;
import io.walrus.storage.journal.RecordType;
import io.walrus.storage.stream.RecordWindow;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Takes what a read finds, to be used again and again. Owned by one thread at a time.
///
/// Holds copies, so it stays valid until the next read into it. It is filled up to its bounds, except that one entry
/// larger than these always fits.
public final class ReadBuffer {
    private static final int DEFAULT_MAX_ENTRIES = 8192;
    private static final int FIRST_ENTRIES = 16;

    /// The payloads of 256 KiB with their headers, unless they are very short.
    private static final int WINDOW_BYTES = 292 << 10;

    private static final int MIN_WINDOW_BYTES = 4 << 10;
    private static final int HEADERS_PART = 8;
    private static final int MAX_RECORDS = 1024;

    private final int maxBytes;
    private final int maxEntries;
    private int boundBytes;
    private ByteBuffer storage;
    private int used;
    private int count;
    private long[] offsets = new long[FIRST_ENTRIES];
    private int[] starts = new int[FIRST_ENTRIES];
    private int[] lengths = new int[FIRST_ENTRIES];
    private long[] timestamps = new long[FIRST_ENTRIES];
    private byte[] types = new byte[FIRST_ENTRIES];
    private long from;

    // What a read keeps here, so that the next one need not allocate it.
    private final ReadPlan plan;
    private final ReadHint hint = new ReadHint();
    private @Nullable RecordWindow window;

    /// A buffer bounded by bytes.
    ///
    /// @param maxBytes payload bytes it takes at a time, 1 or more
    public ReadBuffer(int maxBytes) {
        this(maxBytes, DEFAULT_MAX_ENTRIES);
    }

    /// A buffer bounded by bytes and entries.
    ///
    /// @param maxBytes payload bytes it takes at a time, 1 or more
    /// @param maxEntries entries it takes at a time, 1 or more
    public ReadBuffer(int maxBytes, int maxEntries) {
        if (maxBytes < 1 || maxEntries < 1) {
            throw new IllegalArgumentException("A read buffer takes at least one byte and one entry.");
        }
        this.maxBytes = maxBytes;
        this.maxEntries = maxEntries;
        this.boundBytes = maxBytes;
        this.plan = new ReadPlan(Math.min(MAX_RECORDS, maxEntries));
        this.storage = ByteBuffer.allocateDirect(maxBytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// Has reads take less than the buffer could hold, and read no more than that at a time from the disk.
    ///
    /// @param bytes payload bytes, cut to what it can hold; one entry larger than that still fits
    public void bound(int bytes) {
        boundBytes = Math.clamp(bytes, 1, maxBytes);
        if (window != null) {
            window.bound(windowBytes());
        }
    }

    private int windowBytes() {
        return (int) Math.min(boundBytes + boundBytes / HEADERS_PART + (long) MIN_WINDOW_BYTES, WINDOW_BYTES);
    }

    /// Where the last read stopped, for [#goOnAt]; null if that was not in a stream file.
    public @Nullable ReadPlace place() {
        return hint.place();
    }

    /// Has the next read begin where an earlier one stopped, if that is what it looks for.
    public void goOnAt(@Nullable ReadPlace place) {
        hint.clear();
        if (window != null) {
            window.clear();
        }
        if (place != null) {
            hint.set(place);
        }
    }

    /// Memory outside the heap that it holds on to: more than it was made with once it has held larger entries.
    public long memoryBytes() {
        return (long) storage.capacity() + (window == null ? 0 : window.buffer().capacity());
    }

    /// Entries (or records) it holds.
    public int count() {
        return count;
    }

    public boolean isEmpty() {
        return count == 0;
    }

    /// The offset of an entry in its stream; of a record its sequence.
    public long offset(int index) {
        return offsets[checked(index)];
    }

    /// Bytes of the payload.
    public int length(int index) {
        return lengths[checked(index)];
    }

    /// When it was appended, in milliseconds, as the appender said.
    public long timestamp(int index) {
        return timestamps[checked(index)];
    }

    /// What kind of record it is or is part of, see [RecordType].
    public byte type(int index) {
        return types[checked(index)];
    }

    /// A view of the payload, valid until the next read.
    public ByteBuffer payload(int index) {
        return storage.slice(starts[checked(index)], lengths[index]);
    }

    /// A view of all payloads, one behind the other, valid until the next read.
    public ByteBuffer payloads() {
        return storage.slice(0, used);
    }

    /// Appends the payload to `target` at its position.
    public void copyTo(int index, ByteBuffer target) {
        int length = lengths[checked(index)];
        target.put(target.position(), storage, starts[index], length);
        target.position(target.position() + length);
    }

    /// Copies the payload into `target` from `at` on.
    public void copyTo(int index, byte[] target, int at) {
        storage.get(starts[checked(index)], target, at, lengths[index]);
    }

    /// A copy of the payload.
    public byte[] bytes(int index) {
        byte[] copy = new byte[lengths[checked(index)]];
        copyTo(index, copy, 0);
        return copy;
    }

    /// The offset to read from next.
    public long nextOffset() {
        return count == 0 ? from : offsets[count - 1] + 1;
    }

    private int checked(int index) {
        if (index < 0 || index >= count) {
            throw new IndexOutOfBoundsException("Entry " + index + " of " + count);
        }
        return index;
    }

    void reset(long wanted) {
        from = wanted;
        clear();
    }

    /// Forgets what was copied, not what was asked for.
    void clear() {
        used = 0;
        count = 0;
        plan.clear();
    }

    boolean isFull() {
        return used >= boundBytes || count >= maxEntries;
    }

    /// The records to copy from the journal.
    ReadPlan plan() {
        return plan;
    }

    /// Copies a record as it is, numbered by its sequence.
    ///
    /// @param length of its payload, as the caller has checked it. It is not read from the record again:
    ///     its memory may be another one's by now
    /// @return false if it is full; nothing was taken then
    boolean addRecord(ByteBuffer source, int at, int length, long sequence) {
        return add(source, at, at + RecordFormat.HEADER_BYTES, length, sequence);
    }

    /// Copies those entries of a record that were asked for.
    ///
    /// @param length of its payload, as for [#addRecord]
    /// @return false if it is full; whole entries before that were taken
    boolean addEntries(ByteBuffer source, int at, int length, long firstEntry) {
        int body = at + RecordFormat.HEADER_BYTES;
        int limit = body + length;
        byte type = RecordFormat.type(source, at);
        if (type == RecordType.ENTRY) {
            return firstEntry < from || add(source, at, body, length, firstEntry);
        }
        if (type != RecordType.BATCH) {
            return true;
        }
        int entries = source.getInt(body);
        int next = body + Integer.BYTES;
        for (int i = 0; i < entries; i++) {
            if (next + Integer.BYTES > limit) {
                return false;
            }
            int entryLength = source.getInt(next);
            next += Integer.BYTES;
            if (entryLength < 0 || entryLength > limit - next) {
                return false;
            }
            if (firstEntry + i >= from && !add(source, at, next, entryLength, firstEntry + i)) {
                return false;
            }
            next += entryLength;
        }
        return true;
    }

    private boolean add(ByteBuffer source, int record, int body, int length, long offset) {
        if (count > 0 && (count >= maxEntries || length > boundBytes - used)) {
            return false;
        }
        if (length > storage.capacity() - used) {
            storage = ByteBuffer.allocateDirect(length).order(ByteOrder.LITTLE_ENDIAN);
        }
        if (count == offsets.length) {
            grow();
        }
        storage.put(used, source, body, length);
        offsets[count] = offset;
        starts[count] = used;
        lengths[count] = length;
        timestamps[count] = RecordFormat.timestampMs(source, record);
        types[count] = RecordFormat.type(source, record);
        used += length;
        count++;
        return true;
    }

    private void grow() {
        int size = 2 * count;
        offsets = Arrays.copyOf(offsets, size);
        starts = Arrays.copyOf(starts, size);
        lengths = Arrays.copyOf(lengths, size);
        timestamps = Arrays.copyOf(timestamps, size);
        types = Arrays.copyOf(types, size);
    }

    RecordWindow window() {
        if (window == null) {
            window = new RecordWindow(WINDOW_BYTES);
            window.bound(windowBytes());
        }
        return window;
    }

    ReadHint hint() {
        return hint;
    }
}

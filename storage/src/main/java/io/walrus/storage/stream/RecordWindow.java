package io.walrus.storage.stream;

import io.walrus.storage.io.Disk;
import io.walrus.storage.journal.RecordFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// A stretch of a file in memory, in which records are looked at one after the other. Used by one thread at a time.
public final class RecordWindow {
    /// Where bytes come from.
    @FunctionalInterface
    public interface Source {
        /// Reads until `target` is full or the source ends.
        ///
        /// @return the bytes read, negative if there is no such source any more
        int read(long offset, ByteBuffer target) throws IOException;
    }

    /// Answer of [#find] where no whole, undamaged record is.
    public static final int NOT_FOUND = -1;

    private int readBytes;
    private final CRC32C crc = new CRC32C();
    private ByteBuffer buffer;
    private long start;
    private int filled;

    /// An empty window.
    ///
    /// @param readBytes bytes to read at a time
    public RecordWindow(int readBytes) {
        this.readBytes = readBytes;
        this.buffer = allocate(readBytes);
    }

    private static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// Has less, or more again, be read at a time.
    ///
    /// @param bytes a record that is longer is read whole all the same
    public void bound(int bytes) {
        readBytes = bytes;
    }

    /// Forgets what was read: the source is another one, or has changed.
    public void clear() {
        filled = 0;
    }

    /// Finds the record at `offset`, which must end at or before `limit`.
    ///
    /// @return its index in [#buffer], or [#NOT_FOUND]
    public int find(Source source, long offset, long limit, int mask) throws IOException {
        int length = lengthAt(source, offset, limit);
        if (length < 0 || !load(source, offset, RecordFormat.HEADER_BYTES + length, limit)) {
            return NOT_FOUND;
        }
        int at = indexOf(offset);
        return RecordFormat.isValid(buffer, at, filled, mask, crc) ? at : NOT_FOUND;
    }

    /// How long the payload of the record at `offset` is according to its header, which may be damaged.
    ///
    /// @return -1 if no record of that length fits there
    int lengthAt(Source source, long offset, long limit) throws IOException {
        if (limit - offset < RecordFormat.HEADER_BYTES || !load(source, offset, RecordFormat.HEADER_BYTES, limit)) {
            return -1;
        }
        int length = RecordFormat.length(buffer, indexOf(offset));
        return length < 0 || length > limit - offset - RecordFormat.HEADER_BYTES ? -1 : length;
    }

    /// Whether so many bytes lie at `offset`, and before `limit`.
    boolean holds(Source source, long offset, int bytes, long limit) throws IOException {
        return limit - offset >= bytes && load(source, offset, bytes, limit);
    }

    /// Where in [#buffer] what was last looked at begins.
    int indexOf(long offset) {
        return (int) (offset - start);
    }

    /// The bytes [#find] found a record in. Only absolute access.
    public ByteBuffer buffer() {
        return buffer;
    }

    private boolean load(Source source, long offset, int needed, long limit) throws IOException {
        if (offset >= start && offset + needed <= start + filled) {
            return true;
        }
        if (needed > buffer.capacity()) {
            // No more than that: with the largest entries it is a good part of a reader's memory.
            buffer = allocate(Math.toIntExact(Disk.blockUp(needed)));
        }
        int wanted = (int) Math.min(Math.max(needed, readBytes), limit - offset);
        filled = 0;
        start = offset;
        try {
            filled = read(source, offset, wanted);
        } catch (IOException e) {
            if (wanted == needed) {
                throw e;
            }
            // What can't be read may lie behind what is looked for.
            filled = read(source, offset, needed);
        }
        return filled >= needed;
    }

    private int read(Source source, long offset, int bytes) throws IOException {
        buffer.clear().limit(bytes);
        int count = source.read(offset, buffer);
        buffer.clear();
        return Math.max(0, count);
    }

    /// A window of the size that suits scattered records.
    public static RecordWindow small() {
        return new RecordWindow(8 * Disk.BLOCK_BYTES);
    }
}

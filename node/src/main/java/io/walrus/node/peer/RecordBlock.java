package io.walrus.node.peer;

import io.walrus.storage.engine.ReadBuffer;
import java.nio.ByteBuffer;

/// Consecutive records of a segment, as they travel between nodes. Where only entries were asked for, those are
/// numbered by their offsets instead of their sequences. A view of the bytes it was made from, valid as long
/// as those are.
public final class RecordBlock {
    private static final int OBJECT_BYTES = 256;
    private static final int RECORD_BYTES = 1 + Long.BYTES + Integer.BYTES;

    private final long first;
    private final byte[] types;
    private final long[] timestamps;
    /// Where each payload begins in `bytes`, and one more for the end of the last.
    private final int[] starts;
    private final ByteBuffer bytes;

    private final ByteBuffer payload;

    /// Makes a block.
    ///
    /// @param first the sequence of the first record
    /// @param starts of the payloads in `bytes`, and their end
    RecordBlock(long first, byte[] types, long[] timestamps, int[] starts, ByteBuffer bytes) {
        this.first = first;
        this.types = types;
        this.timestamps = timestamps;
        this.starts = starts;
        this.bytes = bytes;
        this.payload = bytes.duplicate();
    }

    /// Of what was read, the records before `limit`.
    public static RecordBlock of(long from, ReadBuffer read, long limit) {
        int count = Math.clamp(limit - from, 0, read.count());
        byte[] types = new byte[count];
        long[] timestamps = new long[count];
        int[] starts = new int[count + 1];
        for (int i = 0; i < count; i++) {
            types[i] = read.type(i);
            timestamps[i] = read.timestamp(i);
            starts[i + 1] = starts[i] + read.length(i);
        }
        return new RecordBlock(from, types, timestamps, starts, read.payloads());
    }

    /// The sequence of the first record.
    public long first() {
        return first;
    }

    public int count() {
        return types.length;
    }

    /// Whether it has the record of that sequence.
    public boolean has(long sequence) {
        return first <= sequence && sequence < next();
    }

    /// A copy of the payload of a record the block has.
    public ByteBuffer copy(long sequence) {
        int index = (int) (sequence - first);
        ByteBuffer copy = ByteBuffer.allocate(length(index));
        return copy.put(0, bytes, starts[index], copy.capacity());
    }

    /// The sequence behind the last record.
    public long next() {
        return first + types.length;
    }

    public byte type(int index) {
        return types[index];
    }

    public long timestampMs(int index) {
        return timestamps[index];
    }

    int length(int index) {
        return starts[index + 1] - starts[index];
    }

    /// The length of the payload of a record the block has.
    public int lengthOf(long sequence) {
        return length((int) (sequence - first));
    }

    /// The payload of a record, until the next call.
    public ByteBuffer payload(int index) {
        return payload.limit(starts[index + 1]).position(starts[index]);
    }

    /// The same with bytes of its own.
    public RecordBlock copied() {
        return new RecordBlock(first, types, timestamps, starts, PeerCodec.copy(bytes()));
    }

    /// The size of all payloads.
    public int byteCount() {
        return starts[types.length];
    }

    /// Memory that it takes if its bytes are its own.
    public long memoryBytes() {
        return OBJECT_BYTES + starts[types.length] + (long) RECORD_BYTES * types.length;
    }

    /// All payloads, one behind the other.
    ByteBuffer bytes() {
        return bytes.slice(0, byteCount());
    }
}

package io.walrus.node.peer;

import io.walrus.storage.engine.ReadBuffer;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Consecutive entries of a segment, as they travel between nodes. Immutable but for the position of `bytes`, which
/// nobody uses.
public final class EntryBlock {
    private final long firstOffset;
    /// Where each entry begins in `bytes`, and one more for the end of the last.
    private final int[] starts;
    private final ByteBuffer bytes;

    /// Makes a block.
    ///
    /// @param firstOffset the offset of the first entry in its segment
    /// @param lengths of the entries, whose sum is what `bytes` has remaining
    EntryBlock(long firstOffset, int[] lengths, ByteBuffer bytes) {
        this.firstOffset = firstOffset;
        this.bytes = bytes.slice();
        starts = new int[lengths.length + 1];
        for (int i = 0; i < lengths.length; i++) {
            starts[i + 1] = starts[i] + lengths[i];
        }
        if (starts[lengths.length] != this.bytes.capacity()) {
            throw new IllegalArgumentException("the entries don't fill the block");
        }
    }

    /// Of what was read, the entries before `limit`.
    public static EntryBlock of(long fromOffset, ReadBuffer read, long limit) {
        int[] lengths = new int[Math.clamp(limit - fromOffset, 0, read.count())];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = read.length(i);
        }
        ByteBuffer bytes = ByteBuffer.allocate(Arrays.stream(lengths).sum());
        for (int i = 0; i < lengths.length; i++) {
            read.copyTo(i, bytes);
        }
        return new EntryBlock(fromOffset, lengths, bytes.flip());
    }

    public long firstOffset() {
        return firstOffset;
    }

    public int count() {
        return starts.length - 1;
    }

    public boolean has(long offset) {
        return firstOffset <= offset && offset < firstOffset + count();
    }

    int length(int index) {
        return starts[index + 1] - starts[index];
    }

    /// The bytes of all entries.
    ByteBuffer bytes() {
        return bytes.duplicate();
    }

    /// A copy of an entry the block has.
    public ByteBuffer copy(long offset) {
        int index = (int) (offset - firstOffset);
        ByteBuffer copy = ByteBuffer.allocate(length(index));
        copy.put(0, bytes, starts[index], copy.capacity());
        return copy;
    }
}

package io.walrus.node.peer;

import java.nio.ByteBuffer;

/// The key of a segment's stream in the storage engine: kind u8, topic id u64, segment u64, big-endian. The kind is 1,
/// or 2 for a copy made in place of a damaged one of kind 1; one made in its place is of kind 1 again.
///
/// @param topicId from 1
/// @param segment from 1
public record SegmentKey(long topicId, long segment) {
    private static final byte FIRST = 1;
    private static final byte SECOND = 2;
    private static final int BYTES = 1 + 2 * Long.BYTES;

    public byte[] encode() {
        return encode(FIRST);
    }

    /// The key of the other copy, which one node may have for a while.
    public byte[] encodeSecond() {
        return encode(SECOND);
    }

    public static boolean isSecond(byte[] key) {
        return key[0] == SECOND;
    }

    private byte[] encode(byte kind) {
        return ByteBuffer.allocate(BYTES)
                .put(kind)
                .putLong(topicId)
                .putLong(segment)
                .array();
    }

    /// Reads a key back.
    ///
    /// @throws IllegalArgumentException if it is none of ours
    public static SegmentKey decode(byte[] key) {
        if (key.length != BYTES || (key[0] != FIRST && key[0] != SECOND)) {
            throw new IllegalArgumentException("the data folder holds a stream that is no segment");
        }
        ByteBuffer bytes = ByteBuffer.wrap(key, 1, 2 * Long.BYTES);
        return new SegmentKey(bytes.getLong(), bytes.getLong());
    }
}

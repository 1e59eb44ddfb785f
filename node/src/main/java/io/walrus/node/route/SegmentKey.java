package io.walrus.node.route;

import java.nio.ByteBuffer;

/// The key of a segment's stream in the storage engine: version u8, topic id u64, segment u64, big-endian.
///
/// @param topicId from 1
/// @param segment from 1
public record SegmentKey(long topicId, long segment) {
    private static final byte VERSION = 1;
    private static final int BYTES = 1 + 2 * Long.BYTES;

    public byte[] encode() {
        return ByteBuffer.allocate(BYTES)
                .put(VERSION)
                .putLong(topicId)
                .putLong(segment)
                .array();
    }

    /// Reads a key back.
    ///
    /// @throws IllegalArgumentException if it is none of ours
    public static SegmentKey decode(byte[] key) {
        if (key.length != BYTES || key[0] != VERSION) {
            throw new IllegalArgumentException("the data folder holds a stream that is no segment");
        }
        ByteBuffer bytes = ByteBuffer.wrap(key, 1, 2 * Long.BYTES);
        return new SegmentKey(bytes.getLong(), bytes.getLong());
    }
}

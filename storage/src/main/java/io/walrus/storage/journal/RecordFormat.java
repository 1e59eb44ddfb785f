package io.walrus.storage.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// The bytes of a record, the same in the ring, in journal files and in stream files. Little-endian.
///
/// ```
///   0        4        8                16       20   21    22       24               32
///   | crc32c | length | sequence       | stream |type|flags| version| timestamp (ms) | payload … | 0 to 7 zero bytes
/// ```
///
/// The stored CRC is that of bytes 4 to 32 + length, exclusive-or'ed with [#mask] of the epoch of the file it lies in,
/// so that bytes left in a recycled file never pass, and moving a record to another file costs no new CRC.
public final class RecordFormat {
    public static final int HEADER_BYTES = 32;
    public static final int ALIGNMENT = 8;
    public static final int VERSION = 1;

    private static final int CRC_AT = 0;
    private static final int LENGTH_AT = 4;
    private static final int SEQUENCE_AT = 8;
    private static final int STREAM_AT = 16;
    private static final int TYPE_AT = 20;
    private static final int FLAGS_AT = 21;
    private static final int VERSION_AT = 22;
    private static final int TIMESTAMP_AT = 24;

    private RecordFormat() {}

    /// Bytes a record takes, padding included.
    public static int sizeOf(int payloadBytes) {
        return (HEADER_BYTES + payloadBytes + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /// A bijective mix of an epoch: two epochs never share a mask.
    public static int mask(int epoch) {
        int mixed = epoch;
        mixed ^= mixed >>> 16;
        mixed *= 0x85ebca6b;
        mixed ^= mixed >>> 13;
        mixed *= 0xc2b2ae35;
        return mixed ^ (mixed >>> 16);
    }

    /// Completes a record whose payload is in place: header, CRC and zero padding.
    ///
    /// @param block where it is; its position and limit are changed
    static void complete(
            ByteBuffer block,
            int at,
            int payloadBytes,
            long sequence,
            int streamId,
            byte type,
            long timestampMs,
            int mask,
            CRC32C crc) {
        block.putInt(at + LENGTH_AT, payloadBytes);
        block.putLong(at + SEQUENCE_AT, sequence);
        block.putInt(at + STREAM_AT, streamId);
        block.put(at + TYPE_AT, type);
        block.put(at + FLAGS_AT, (byte) 0);
        block.putShort(at + VERSION_AT, (short) VERSION);
        block.putLong(at + TIMESTAMP_AT, timestampMs);
        int end = at + HEADER_BYTES + payloadBytes;
        for (int i = end; i < at + sizeOf(payloadBytes); i++) {
            block.put(i, (byte) 0);
        }
        block.limit(end).position(at + LENGTH_AT);
        crc.reset();
        crc.update(block);
        block.clear();
        block.putInt(at + CRC_AT, (int) crc.getValue() ^ mask);
    }

    /// Whether a whole, undamaged record begins at `at` and ends at or before `limit`.
    ///
    /// @param buffer its position and limit are changed
    public static boolean isValid(ByteBuffer buffer, int at, int limit, int mask, CRC32C crc) {
        if (limit - at < HEADER_BYTES) {
            return false;
        }
        int length = length(buffer, at);
        if (length < 0 || length > limit - at - HEADER_BYTES) {
            return false;
        }
        buffer.limit(at + HEADER_BYTES + length).position(at + LENGTH_AT);
        crc.reset();
        crc.update(buffer);
        buffer.clear();
        return buffer.getInt(at + CRC_AT) == ((int) crc.getValue() ^ mask);
    }

    /// Payload bytes; meaningless (even negative) where no valid record begins.
    public static int length(ByteBuffer buffer, int at) {
        return buffer.getInt(at + LENGTH_AT);
    }

    public static long sequence(ByteBuffer buffer, int at) {
        return buffer.getLong(at + SEQUENCE_AT);
    }

    public static int streamId(ByteBuffer buffer, int at) {
        return buffer.getInt(at + STREAM_AT);
    }

    public static byte type(ByteBuffer buffer, int at) {
        return buffer.get(at + TYPE_AT);
    }

    public static long timestampMs(ByteBuffer buffer, int at) {
        return buffer.getLong(at + TIMESTAMP_AT);
    }

    /// Moves a record from a file with one mask to a file with another.
    public static void remask(ByteBuffer buffer, int at, int change) {
        buffer.putInt(at + CRC_AT, buffer.getInt(at + CRC_AT) ^ change);
    }
}

package io.walrus.storage.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// The record that begins a commit group. Its sequence is the group's number; its payload:
///
/// ```
///   0               4              8       12
///   | records bytes | record count | flags | zero |
/// ```
public final class GroupFormat {
    /// Bytes of the group record; the group's first record follows.
    public static final int BYTES = RecordFormat.HEADER_BYTES + 16;
    /// Groups begin at multiples of this.
    public static final int ALIGNMENT = 64;
    /// Flag: every earlier group was durable before this one was written.
    public static final int FORCED = 1;

    private static final int PAYLOAD_BYTES = 16;
    private static final int RECORDS_BYTES_AT = RecordFormat.HEADER_BYTES;
    private static final int RECORD_COUNT_AT = RecordFormat.HEADER_BYTES + 4;
    private static final int FLAGS_AT = RecordFormat.HEADER_BYTES + 8;
    private static final int ZERO_AT = RecordFormat.HEADER_BYTES + 12;

    private GroupFormat() {}

    static void write(
            ByteBuffer block,
            int at,
            long group,
            int recordsBytes,
            int recordCount,
            boolean forced,
            long timestampMs,
            int mask,
            CRC32C crc) {
        block.putInt(at + RECORDS_BYTES_AT, recordsBytes);
        block.putInt(at + RECORD_COUNT_AT, recordCount);
        block.putInt(at + FLAGS_AT, forced ? FORCED : 0);
        block.putInt(at + ZERO_AT, 0);
        RecordFormat.complete(block, at, PAYLOAD_BYTES, group, 0, RecordType.GROUP, timestampMs, mask, crc);
    }

    /// Whether an undamaged group record begins here.
    ///
    /// @param buffer its position and limit are changed
    public static boolean isValid(ByteBuffer buffer, int at, int limit, int mask, CRC32C crc) {
        return limit - at >= BYTES
                && RecordFormat.length(buffer, at) == PAYLOAD_BYTES
                && RecordFormat.type(buffer, at) == RecordType.GROUP
                && RecordFormat.isValid(buffer, at, limit, mask, crc);
    }

    public static int recordsBytes(ByteBuffer buffer, int at) {
        return buffer.getInt(at + RECORDS_BYTES_AT);
    }

    public static int recordCount(ByteBuffer buffer, int at) {
        return buffer.getInt(at + RECORD_COUNT_AT);
    }

    public static boolean isForced(ByteBuffer buffer, int at) {
        return (buffer.getInt(at + FLAGS_AT) & FORCED) != 0;
    }
}

package io.walrus.storage.journal;

import io.walrus.storage.io.Disk;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The first 4096 bytes of a journal file. Little-endian.
///
/// ```
///      0 magic "WALRUSJ1"        8 format version u32    12 epoch u32
///     16 file number u64        24 block bytes u32       28 flags u32 (1: the file before it ended early)
///     32 file bytes u64         40 engine id, 16 bytes
///     56 end of the journal before this file u64 (if flagged)
///     64 number of this file's first group u64 (if flagged)
///     72 zero …               4092 crc32c of all before it
/// ```
///
/// @param epoch number no other header ever had or gets
/// @param number which file it is
/// @param cut where the journal ended before this file, if that was not the end of the file before it
public record JournalHeader(
        int epoch,
        long number,
        EngineIdentity identity,
        @Nullable Cut cut) {
    /// Bytes that only a file of ours begins with.
    public static final long MAGIC = 0x314A5355524C4157L;
    public static final int FORMAT_VERSION = 1;

    private static final int CUT_FLAG = 1;
    private static final int CRC_AT = Geometry.HEADER_BYTES - 4;

    /// The journal's end when an unclean stop was recovered from.
    ///
    /// @param end position behind the last group that counts
    /// @param group number of the next group, in the file that has this header
    public record Cut(long end, long group) {}

    /// Encodes into a direct buffer of [Geometry#HEADER_BYTES], aligned for forced writes.
    void encode(ByteBuffer into) {
        into.clear();
        for (int i = 0; i < Geometry.HEADER_BYTES; i += 8) {
            into.putLong(i, 0);
        }
        UUID engine = identity.engine();
        Geometry geometry = identity.geometry();
        into.putLong(0, MAGIC)
                .putInt(8, FORMAT_VERSION)
                .putInt(12, epoch)
                .putLong(16, number)
                .putInt(24, geometry.blockBytes())
                .putLong(32, geometry.fileBytes())
                .putLong(40, engine.getMostSignificantBits())
                .putLong(48, engine.getLeastSignificantBits());
        if (cut != null) {
            into.putInt(28, CUT_FLAG).putLong(56, cut.end()).putLong(64, cut.group());
        }
        into.putInt(CRC_AT, crcOf(into));
        into.clear();
    }

    /// Decodes, or answers null if the bytes are no undamaged header of this format version.
    public static @Nullable JournalHeader decode(ByteBuffer bytes) {
        if (bytes.capacity() < Geometry.HEADER_BYTES
                || bytes.getLong(0) != MAGIC
                || bytes.getInt(8) != FORMAT_VERSION
                || bytes.getInt(CRC_AT) != crcOf(bytes)) {
            return null;
        }
        Cut cut = (bytes.getInt(28) & CUT_FLAG) == 0 ? null : new Cut(bytes.getLong(56), bytes.getLong(64));
        return new JournalHeader(
                bytes.getInt(12),
                bytes.getLong(16),
                new EngineIdentity(
                        new UUID(bytes.getLong(40), bytes.getLong(48)),
                        new Geometry(bytes.getInt(24), bytes.getLong(32))),
                cut);
    }

    /// A buffer a header can be read into and written from.
    public static ByteBuffer buffer() {
        return Disk.alignedBuffer(Geometry.HEADER_BYTES);
    }

    private static int crcOf(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().limit(CRC_AT).position(0));
        return (int) crc.getValue();
    }
}

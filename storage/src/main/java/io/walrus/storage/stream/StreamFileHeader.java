package io.walrus.storage.stream;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The first 64 bytes of a stream file. Little-endian.
///
/// ```
///      0 magic "WALRUSS1"    8 format version u32   12 epoch u32
///     16 stream id u32      20 zero u32             24 base record u64   32 base entry u64
///     40 engine id, 16 bytes                        56 zero u32          60 crc32c of all before it
/// ```
///
/// @param epoch masks the CRCs of the records
/// @param baseRecord sequence of the first record
/// @param baseEntry entries before it
public record StreamFileHeader(int epoch, int streamId, long baseRecord, long baseEntry, UUID engine) {
    public static final int BYTES = 64;
    /// Bytes that only a file of ours begins with.
    public static final long MAGIC = 0x31535355524C4157L;
    public static final int FORMAT_VERSION = 1;

    private static final int CRC_AT = 60;

    /// What the file begins with.
    static StreamFileHeader of(UUID engine, int streamId, StreamFile file) {
        return new StreamFileHeader(
                file.epoch(), streamId, file.base().records(), file.base().entries(), engine);
    }

    void encode(ByteBuffer into, int at) {
        into.putLong(at, MAGIC)
                .putInt(at + 8, FORMAT_VERSION)
                .putInt(at + 12, epoch)
                .putInt(at + 16, streamId)
                .putInt(at + 20, 0)
                .putLong(at + 24, baseRecord)
                .putLong(at + 32, baseEntry)
                .putLong(at + 40, engine.getMostSignificantBits())
                .putLong(at + 48, engine.getLeastSignificantBits())
                .putInt(at + 56, 0)
                .putInt(at + CRC_AT, crcOf(into, at));
    }

    /// Decodes the header at index 0, or answers null if there is no undamaged one of this format version.
    public static @Nullable StreamFileHeader decode(ByteBuffer bytes) {
        if (bytes.getLong(0) != MAGIC || bytes.getInt(8) != FORMAT_VERSION || bytes.getInt(CRC_AT) != crcOf(bytes, 0)) {
            return null;
        }
        return new StreamFileHeader(
                bytes.getInt(12),
                bytes.getInt(16),
                bytes.getLong(24),
                bytes.getLong(32),
                new UUID(bytes.getLong(40), bytes.getLong(48)));
    }

    private static int crcOf(ByteBuffer bytes, int at) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().limit(at + CRC_AT).position(at));
        return (int) crc.getValue();
    }
}

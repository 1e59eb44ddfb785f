package io.walrus.storage.engine;

import io.walrus.storage.error.StorageException;
import io.walrus.storage.error.StorageException.Category;
import io.walrus.storage.io.Disk;
import io.walrus.storage.io.DiskFile;
import io.walrus.storage.journal.EngineIdentity;
import io.walrus.storage.journal.Geometry;
import io.walrus.storage.stream.Counts;
import io.walrus.storage.stream.FileChain;
import io.walrus.storage.stream.StreamFile;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32C;

/// The state of a directory at a checkpoint: everything but the journal from where its span starts. Big-endian, and
/// ended by the crc32c of all before it.
///
/// @param number which manifest of the directory it is
/// @param clean whether nothing was open any more when it was written
/// @param identity what all manifests of the directory say
/// @param journal the part of the journal that goes with it
/// @param next the ids to be given next
/// @param streams the streams
public record Manifest(
        long number, boolean clean, EngineIdentity identity, Span journal, NextIds next, List<Stream> streams) {
    /// Bytes that only a manifest of ours begins with, read as a big-endian number.
    public static final long MAGIC = 0x57414C5255534D31L;
    public static final int FORMAT_VERSION = 1;
    public static final String PREFIX = "manifest-";
    static final String TEMPORARY = ".tmp";

    /// How much is read or written at a time.
    private static final int PART_BYTES = 256 << 10;

    /// The part of the journal that a scan goes through at least.
    ///
    /// @param start where the scan begins
    /// @param startGroup the number of the first group there
    /// @param durableEnd position behind the last group that the streams include
    /// @param nextGroup number of the group after it; a scan must get that far
    public record Span(long start, long startGroup, long durableEnd, long nextGroup) {}

    /// The ids that were never given yet.
    ///
    /// @param streamId one more than any stream id ever given
    /// @param epoch one more than any epoch given so far
    public record NextIds(int streamId, int epoch) {}

    /// One stream.
    ///
    /// @param applied journal records of this stream before this position are in what follows
    /// @param chain its files, and what they hold
    @SuppressWarnings("ArrayRecordComponent")
    public record Stream(
            int id,
            byte[] key,
            long applied,
            FileChain chain,
            long firstEntry,
            Map<String, Cursor> cursors,
            Map<String, byte[]> attributes) {}

    /// The first manifest of a directory.
    static Manifest first(EngineIdentity identity) {
        return new Manifest(1, false, identity, new Span(0, 0, 0, 0), new NextIds(1, 1), List.of());
    }

    /// The same with other streams.
    Manifest with(List<Stream> others) {
        return new Manifest(number, clean, identity, journal, next, others);
    }

    Geometry geometry() {
        return identity.geometry();
    }

    static String nameOf(long number) {
        return PREFIX + HexFormat.of().toHexDigits(number);
    }

    /// The number of the manifest of this name, or -1 if it is none.
    public static long numberOf(String name) {
        String digits = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : "";
        return digits.length() == 16 && digits.chars().allMatch(HexFormat::isHexDigit)
                ? HexFormat.fromHexDigitsToLong(digits)
                : -1;
    }

    /// Writes it durably under its name. After a crash there is all of it or none.
    void write(Disk disk) throws IOException {
        String name = nameOf(number);
        try (DiskFile file = disk.open(name + TEMPORARY, Disk.WriteMode.BUFFERED)) {
            file.truncate(0);
            ChecksummedOutput bytes = new ChecksummedOutput(file, PART_BYTES);
            DataOutputStream out = new DataOutputStream(bytes);
            writeBody(out);
            out.writeInt(bytes.crc());
            bytes.writeOut();
            file.force();
        }
        disk.rename(name + TEMPORARY, name);
        disk.forceDirectory("");
    }

    private void writeBody(DataOutputStream out) throws IOException {
        out.writeLong(MAGIC);
        out.writeInt(FORMAT_VERSION);
        out.writeLong(number);
        out.writeLong(identity.engine().getMostSignificantBits());
        out.writeLong(identity.engine().getLeastSignificantBits());
        out.writeByte(clean ? 1 : 0);
        out.writeInt(geometry().blockBytes());
        out.writeLong(geometry().fileBytes());
        out.writeLong(journal.start());
        out.writeLong(journal.startGroup());
        out.writeLong(journal.durableEnd());
        out.writeLong(journal.nextGroup());
        out.writeInt(next.streamId());
        out.writeInt(next.epoch());
        out.writeInt(streams.size());
        for (Stream stream : streams) {
            writeStream(out, stream);
        }
    }

    private static void writeStream(DataOutputStream out, Stream stream) throws IOException {
        out.writeInt(stream.id());
        out.writeShort(stream.key().length);
        out.write(stream.key());
        out.writeLong(stream.applied());
        writeCounts(out, stream.chain().end());
        out.writeLong(stream.firstEntry());
        out.writeInt(stream.chain().files().size());
        for (StreamFile file : stream.chain().files()) {
            out.writeInt(file.epoch());
            writeCounts(out, file.base());
            writeCounts(out, file.end());
            out.writeLong(file.fileBytes());
            out.writeByte(file.closed() ? 1 : 0);
        }
        out.writeInt(stream.cursors().size());
        for (Map.Entry<String, Cursor> cursor : stream.cursors().entrySet()) {
            out.writeUTF(cursor.getKey());
            out.writeLong(cursor.getValue().segment());
            out.writeLong(cursor.getValue().offset());
        }
        out.writeInt(stream.attributes().size());
        for (Map.Entry<String, byte[]> attribute : stream.attributes().entrySet()) {
            out.writeUTF(attribute.getKey());
            out.writeInt(attribute.getValue().length);
            out.write(attribute.getValue());
        }
    }

    private static void writeCounts(DataOutputStream out, Counts counts) throws IOException {
        out.writeLong(counts.records());
        out.writeLong(counts.entries());
        out.writeLong(counts.bytes());
    }

    /// Reads a manifest.
    ///
    /// @throws StorageException CORRUPT if it is damaged, FOREIGN if a newer version wrote it
    public static Manifest read(Disk disk, String name) throws IOException {
        try (DiskFile file = disk.openForReading(name)) {
            long body = file.size() - Integer.BYTES;
            // Nothing is believed before all of it was checked.
            if (body < 0 || !isIntact(file, body)) {
                throw damaged(name);
            }
            return read(new DataInputStream(new BufferedInputStream(new FileInput(file), PART_BYTES)), name);
        }
    }

    private static boolean isIntact(DiskFile file, long body) throws IOException {
        CRC32C crc = new CRC32C();
        ByteBuffer part = ByteBuffer.allocate(PART_BYTES);
        for (long at = 0; at < body; at += part.limit()) {
            part.clear().limit((int) Math.min(PART_BYTES, body - at));
            if (file.read(at, part) < part.limit()) {
                return false;
            }
            crc.update(part.flip());
        }
        ByteBuffer expected = ByteBuffer.allocate(Integer.BYTES);
        return file.read(body, expected) == Integer.BYTES && expected.getInt(0) == (int) crc.getValue();
    }

    private static Manifest read(DataInputStream in, String name) throws IOException {
        if (in.readLong() != MAGIC) {
            throw damaged(name);
        }
        int version = in.readInt();
        if (version != FORMAT_VERSION) {
            throw new StorageException(
                    Category.FOREIGN,
                    name + " has format version " + version + ", this program knows " + FORMAT_VERSION
                            + ": use the version that wrote it.");
        }
        return readBody(in);
    }

    private static Manifest readBody(DataInputStream in) throws IOException {
        long number = in.readLong();
        UUID engine = new UUID(in.readLong(), in.readLong());
        boolean clean = in.readByte() != 0;
        EngineIdentity identity = new EngineIdentity(engine, new Geometry(in.readInt(), in.readLong()));
        Span journal = new Span(in.readLong(), in.readLong(), in.readLong(), in.readLong());
        NextIds next = new NextIds(in.readInt(), in.readInt());
        int count = in.readInt();
        List<Stream> streams = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            streams.add(readStream(in));
        }
        return new Manifest(number, clean, identity, journal, next, streams);
    }

    private static Stream readStream(DataInputStream in) throws IOException {
        int id = in.readInt();
        byte[] key = in.readNBytes(in.readUnsignedShort());
        long applied = in.readLong();
        Counts stored = readCounts(in);
        long firstEntry = in.readLong();
        int fileCount = in.readInt();
        List<StreamFile> files = new ArrayList<>(fileCount);
        for (int i = 0; i < fileCount; i++) {
            files.add(new StreamFile(in.readInt(), readCounts(in), readCounts(in), in.readLong(), in.readByte() != 0));
        }
        int cursorCount = in.readInt();
        Map<String, Cursor> cursors = cursorCount == 0 ? Map.of() : new HashMap<>();
        for (int i = 0; i < cursorCount; i++) {
            cursors.put(in.readUTF(), new Cursor(in.readLong(), in.readLong()));
        }
        int attributeCount = in.readInt();
        Map<String, byte[]> attributes = attributeCount == 0 ? Map.of() : new HashMap<>();
        for (int i = 0; i < attributeCount; i++) {
            attributes.put(in.readUTF(), in.readNBytes(in.readInt()));
        }
        return new Stream(id, key, applied, new FileChain(files, stored), firstEntry, cursors, attributes);
    }

    private static Counts readCounts(DataInputStream in) throws IOException {
        return new Counts(in.readLong(), in.readLong(), in.readLong());
    }

    private static StorageException damaged(String name) {
        return new StorageException(
                Category.CORRUPT, name + " is damaged. Restore the directory from a copy or a replica.");
    }
}

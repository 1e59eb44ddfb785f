package io.walrus.storage.stream;

import io.walrus.storage.error.StorageException;
import io.walrus.storage.error.StorageException.Category;
import io.walrus.storage.io.Disk;
import io.walrus.storage.io.DiskFile;
import io.walrus.storage.journal.RecordFormat;
import io.walrus.storage.journal.RecordType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A stream file, handles to read it and to write it, each from when it is first wanted, and a sparse index of what was
/// looked at so far.
public final class OpenFile implements RecordWindow.Source {
    private static final int POINT_BYTES = 64 << 10;

    private final Disk disk;
    private final StreamFileHeader header;
    private final int mask;
    private final String path;
    private volatile @Nullable DiskFile reader;
    private volatile @Nullable DiskFile writer;

    /// Users of the handles. Guarded by the table of open files, as all below.
    int users;

    /// Whether it is not in the table any more, and closed by the last user.
    boolean retired;

    /// Whether it holds written bytes that were not forced.
    boolean unforced;

    /// Its share of the descriptors the table counts.
    int counted;

    // Guarded by this, as all below.
    private final RecordIndex index = new RecordIndex();

    /// Whole records behind damage before which the number of entries is not known.
    private final RecordIndex uncounted = new RecordIndex();

    private Counts covered;
    private long coveredOffset;

    OpenFile(Disk disk, UUID engine, int streamId, StreamFile file) {
        this.disk = disk;
        this.header = StreamFileHeader.of(engine, streamId, file);
        this.mask = RecordFormat.mask(header.epoch());
        this.path = StreamFile.pathOf(streamId, file.base().records());
        this.covered = file.base();
        this.coveredOffset = StreamFileHeader.BYTES;
        index.add(covered, coveredOffset);
    }

    int epoch() {
        return header.epoch();
    }

    /// Opens it, unless it is open for reading. Under the table's lock, as [#openForWriting].
    ///
    /// @throws StorageException CORRUPT if it is missing, or not the file the manifest means
    void openForReading() throws IOException {
        if (reader == null) {
            read(disk::openForReading);
        }
    }

    /// Opens it to be looked at by one thread, as the device has it.
    ///
    /// @throws StorageException CORRUPT if it is missing, or not the file the manifest means
    void openForChecking() throws IOException {
        read(disk::openForChecking);
    }

    @FunctionalInterface
    private interface Opening {
        DiskFile open(String path) throws IOException;
    }

    private void read(Opening opening) throws IOException {
        DiskFile opened;
        try {
            opened = opening.open(path);
        } catch (NoSuchFileException _) {
            throw missing(path);
        }
        try {
            checkHeader(opened);
            reader = opened;
        } finally {
            if (reader == null) {
                opened.close();
            }
        }
    }

    /// Opens it, unless it is open for writing.
    ///
    /// @param end where it ends: bytes past that are left from before a crash
    void openForWriting(long end) throws IOException {
        if (writer != null) {
            return;
        }
        if (!disk.exists(path)) {
            throw missing(path);
        }
        DiskFile opened = disk.open(path, Disk.WriteMode.BULK);
        try {
            checkHeader(opened);
            opened.truncate(end);
            writer = opened;
        } finally {
            if (writer == null) {
                opened.close();
            }
        }
    }

    private void checkHeader(DiskFile opened) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(StreamFileHeader.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        if (opened.read(0, bytes) < StreamFileHeader.BYTES || !header.equals(StreamFileHeader.decode(bytes.clear()))) {
            throw new StorageException(
                    Category.CORRUPT,
                    path + " is damaged at byte 0: its header is not the one that was written."
                            + " Restore the file from a copy or a replica.");
        }
    }

    @Override
    public int read(long offset, ByteBuffer target) throws IOException {
        return Objects.requireNonNull(reader, "opened for reading").read(offset, target);
    }

    void write(long offset, ByteBuffer bytes) throws IOException {
        Objects.requireNonNull(writer, "opened for writing").write(offset, bytes);
    }

    /// What is to be forced after a write.
    @Nullable
    DiskFile writer() {
        return writer;
    }

    /// How many descriptors its handles take.
    int descriptors() {
        DiskFile writing = writer;
        return (reader == null ? 0 : 1) + (writing == null ? 0 : writing.descriptors());
    }

    void close() throws IOException {
        try (DiskFile _ = reader;
                DiskFile _ = writer) {
            reader = null;
            writer = null;
        }
    }

    /// A place in the file where a record begins.
    ///
    /// @param before what lies before that record
    public record Place(Counts before, long offset) {}

    /// The nearest known place at or before an entry (or, if `byRecord`, a record), scanning on if none is near. What
    /// is damaged lies behind the nearest place.
    ///
    /// @return for a record behind damage, perhaps a place of which only the records before it are known
    public synchronized Place placeBefore(long number, boolean byRecord, StreamFile file, RecordWindow window)
            throws IOException {
        cover(number, byRecord, file, window);
        Place place = index.before(number, byRecord);
        if (byRecord && !uncounted.isEmpty()) {
            Place other = uncounted.before(number, true);
            boolean isNearer = other.before().records() <= number
                    && other.before().records() > place.before().records();
            return isNearer ? other : place;
        }
        return place;
    }

    private void cover(long number, boolean byRecord, StreamFile file, RecordWindow window) throws IOException {
        while (numberOf(covered, byRecord) <= number
                && covered.records() < file.end().records()) {
            int at;
            try {
                at = checkedRecord(window, coveredOffset, covered.records(), file.fileBytes());
            } catch (IOException _) {
                passDamage(file, window);
                return;
            }
            Counts after = after(covered, window.buffer(), at);
            if (numberOf(after, byRecord) > number) {
                return;
            }
            coveredOffset += RecordFormat.sizeOf(RecordFormat.length(window.buffer(), at));
            covered = after;
            if (coveredOffset - index.lastOffset() >= POINT_BYTES) {
                index.add(covered, coveredOffset);
            }
        }
    }

    /// Looks for all that is whole behind a damaged record. What may come into the file later is counted from its end.
    private void passDamage(StreamFile file, RecordWindow window) {
        DamageSurvey.survey(this, file, window, covered, coveredOffset, index, uncounted);
        covered = file.end();
        coveredOffset = file.fileBytes();
        index.add(covered, coveredOffset);
    }

    /// The index in the window of the record at an offset, if a whole one is there.
    int find(RecordWindow window, long offset, long limit) throws IOException {
        return window.find(this, offset, limit, mask);
    }

    int streamId() {
        return header.streamId();
    }

    /// What lies before a record of this file.
    ///
    /// @throws StorageException CORRUPT if that can't be told
    public Counts countsBefore(long record, StreamFile file, RecordWindow window) throws IOException {
        Place place = countedBefore(record, file, window);
        Counts counts = place.before();
        long offset = place.offset();
        while (counts.records() < record) {
            int at = checkedRecord(window, offset, counts.records(), file.fileBytes());
            offset += RecordFormat.sizeOf(RecordFormat.length(window.buffer(), at));
            counts = after(counts, window.buffer(), at);
        }
        return counts;
    }

    private synchronized Place countedBefore(long record, StreamFile file, RecordWindow window) throws IOException {
        cover(record, true, file, window);
        return index.before(record, true);
    }

    private static long numberOf(Counts counts, boolean byRecord) {
        return byRecord ? counts.records() : counts.entries();
    }

    /// The entries in a record.
    public static int entriesIn(ByteBuffer buffer, int at) {
        return switch (RecordFormat.type(buffer, at)) {
            case RecordType.ENTRY -> 1;
            case RecordType.BATCH -> buffer.getInt(at + RecordFormat.HEADER_BYTES);
            default -> 0;
        };
    }

    /// The bytes of the entries in a record.
    public static long entryBytesIn(ByteBuffer buffer, int at) {
        int length = RecordFormat.length(buffer, at);
        return switch (RecordFormat.type(buffer, at)) {
            case RecordType.ENTRY -> length;
            case RecordType.BATCH -> length - Integer.BYTES * (1L + entriesIn(buffer, at));
            default -> 0;
        };
    }

    /// The counts behind a record.
    public static Counts after(Counts before, ByteBuffer buffer, int at) {
        return new Counts(
                before.records() + 1,
                before.entries() + entriesIn(buffer, at),
                before.bytes() + entryBytesIn(buffer, at));
    }

    /// The index in the window of the record at an offset, which must be that record of this stream.
    ///
    /// @throws StorageException CORRUPT if it is not
    public int checkedRecord(RecordWindow window, long offset, long record, long limit) throws IOException {
        int at = find(window, offset, limit);
        if (at == RecordWindow.NOT_FOUND
                || RecordFormat.sequence(window.buffer(), at) != record
                || RecordFormat.streamId(window.buffer(), at) != header.streamId()) {
            throw damaged(offset, record);
        }
        return at;
    }

    private StorageException damaged(long offset, long record) {
        return new StorageException(
                Category.CORRUPT,
                path + " is damaged at byte " + offset + ": record " + record
                        + " is not there. Restore the file from a copy or a replica.");
    }

    static StorageException missing(String path) {
        return new StorageException(Category.CORRUPT, path + " is missing. Restore the file from a copy or a replica.");
    }
}

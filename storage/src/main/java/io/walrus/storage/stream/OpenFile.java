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
import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A stream file, handles to read it and to write it, each from when it is first wanted, and a sparse index of what was
/// looked at so far.
public final class OpenFile implements RecordWindow.Source {
    private static final int POINT_LONGS = 4;
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

    // Points of the index: record, entry, bytes before it, offset. Guarded by this.
    private long[] points = new long[POINT_LONGS * 4];
    private int pointCount;
    private Counts covered;
    private long coveredOffset;

    OpenFile(Disk disk, UUID engine, int streamId, StreamFile file) {
        this.disk = disk;
        this.header = StreamFileHeader.of(engine, streamId, file);
        this.mask = RecordFormat.mask(header.epoch());
        this.path = StreamFile.pathOf(streamId, file.base().records());
        this.covered = file.base();
        this.coveredOffset = StreamFileHeader.BYTES;
        addPoint();
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

    /// The nearest known place at or before an entry (or, if `byRecord`, a record), scanning on if none is near.
    ///
    /// @throws StorageException CORRUPT if the way there is damaged
    public synchronized Place placeBefore(long number, boolean byRecord, StreamFile file, RecordWindow window)
            throws IOException {
        while (numberOf(covered, byRecord) <= number
                && covered.records() < file.end().records()) {
            if (!coverOne(number, byRecord, file, window)) {
                break;
            }
        }
        int low = 0;
        int high = pointCount - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (points[middle * POINT_LONGS + (byRecord ? 0 : 1)] <= number) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        int at = low * POINT_LONGS;
        return new Place(new Counts(points[at], points[at + 1], points[at + 2]), points[at + 3]);
    }

    /// Where a record behind damaged ones is to begin, if the lengths in their headers are right. Whether they are is
    /// seen from what is there.
    ///
    /// @throws StorageException CORRUPT if they are not
    public synchronized long placePastDamage(long record, StreamFile file, RecordWindow window) throws IOException {
        long offset = coveredOffset;
        for (long at = covered.records(); at < record; at++) {
            int length = window.lengthAt(this, offset, file.fileBytes());
            if (length < 0) {
                throw damaged(offset, at);
            }
            offset += RecordFormat.sizeOf(length);
        }
        return offset;
    }

    /// What lies before a record of this file.
    public Counts countsBefore(long record, StreamFile file, RecordWindow window) throws IOException {
        Place place = placeBefore(record, true, file, window);
        Counts counts = place.before();
        long offset = place.offset();
        while (counts.records() < record) {
            int at = checkedRecord(window, offset, counts.records(), file.fileBytes());
            offset += RecordFormat.sizeOf(RecordFormat.length(window.buffer(), at));
            counts = after(counts, window.buffer(), at);
        }
        return counts;
    }

    private static long numberOf(Counts counts, boolean byRecord) {
        return byRecord ? counts.records() : counts.entries();
    }

    /// Looks at the next record that is not covered, unless it is the one looked for.
    private boolean coverOne(long number, boolean byRecord, StreamFile file, RecordWindow window) throws IOException {
        int at = checkedRecord(window, coveredOffset, covered.records(), file.fileBytes());
        Counts after = after(covered, window.buffer(), at);
        if (numberOf(after, byRecord) > number) {
            return false;
        }
        coveredOffset += RecordFormat.sizeOf(RecordFormat.length(window.buffer(), at));
        covered = after;
        if (coveredOffset - points[pointCount * POINT_LONGS - 1] >= POINT_BYTES) {
            addPoint();
        }
        return true;
    }

    private void addPoint() {
        int at = pointCount * POINT_LONGS;
        if (at == points.length) {
            points = Arrays.copyOf(points, 2 * at);
        }
        points[at] = covered.records();
        points[at + 1] = covered.entries();
        points[at + 2] = covered.bytes();
        points[at + 3] = coveredOffset;
        pointCount++;
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
        int at = window.find(this, offset, limit, mask);
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

package io.walrus.storage.journal;

import io.walrus.storage.error.StorageException;
import io.walrus.storage.error.StorageException.Category;
import io.walrus.storage.io.Disk;
import io.walrus.storage.io.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Reads a journal from a known place to its end, and decides whether that end is one.
///
/// Groups are written one after the other, so only the last can be torn by a crash, unless they were not forced. A
/// group flagged FORCED proves that all before it were durable: if one of those is damaged, bytes have changed on the
/// device, and the scan refuses. Complete groups behind a missing one that nothing proves are what a power loss leaves
/// under an unforced policy; the journal ends before the first gap.
public final class GroupScanner implements Closeable {
    private static final int NONE = -1;

    private final Disk disk;
    private final Geometry geometry;
    private final NavigableMap<Long, JournalHeader> headers;
    private final ByteBuffer block;
    private final CRC32C crc = new CRC32C();
    private @Nullable DiskFile file;
    private long fileNumber = NONE;
    private long loadedBlock = NONE;
    private int mask;

    private long end;
    private long lastGroupEnd;
    private long nextGroup;
    private long provenEnd;
    private long groups;
    private long records;
    private boolean torn;
    private final NavigableMap<Long, Long> firstGroups = new TreeMap<>();

    /// Takes each record of each whole group, in order.
    @FunctionalInterface
    public interface Sink {
        /// Takes one record.
        ///
        /// @param buffer holds the record at index `at`; only absolute access, only during the call
        void record(ByteBuffer buffer, int at, long position) throws IOException;
    }

    /// What a scan found.
    ///
    /// @param end position behind the last record that counts (or of the scan's start)
    /// @param nextGroup number of the group that would follow
    /// @param provenEnd all below is known to be durable
    /// @param groups groups that count
    /// @param records their records
    /// @param torn whether something incomplete followed
    /// @param holes whether complete groups followed a gap, and are lost
    /// @param firstGroups where blocks begin, and with which group
    public record Result(
            long end,
            long nextGroup,
            long provenEnd,
            long groups,
            long records,
            boolean torn,
            boolean holes,
            NavigableMap<Long, Long> firstGroups) {}

    /// Scans the files of a journal.
    ///
    /// @param headers those of all files in the journal's folder that may be in use
    public GroupScanner(Disk disk, Geometry geometry, NavigableMap<Long, JournalHeader> headers) {
        this.disk = disk;
        this.geometry = geometry;
        this.headers = headers;
        this.block = ByteBuffer.allocateDirect(geometry.blockBytes()).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// Scans from `start`, where group `group` is expected; what is before `durableEnd` is known to be durable.
    ///
    /// @param beyond a group of which it is known that it was not written yet, or [Long#MAX_VALUE]: what is found
    ///     there means nothing and is not looked at
    public Result scan(long start, long group, long durableEnd, long beyond, Sink sink) throws IOException {
        end = start;
        lastGroupEnd = start;
        nextGroup = group;
        provenEnd = durableEnd;
        firstGroups.put(start, group);
        long next = nextGroup == beyond ? NONE : findNext();
        while (next != NONE && readGroup(next, sink)) {
            next = nextGroup == beyond ? NONE : findNext();
        }
        if (nextGroup == beyond) {
            return new Result(lastGroupEnd, nextGroup, provenEnd, groups, records, false, false, firstGroups);
        }
        boolean holes = false;
        Cut cut = cutAfter(end);
        if (cut != null) {
            throw damaged(end, "group " + nextGroup + " is missing before the recorded end " + cut.end);
        }
        long later = findLater(next == NONE ? Geometry.align(end, GroupFormat.ALIGNMENT) : next);
        if (later != NONE) {
            if (GroupFormat.isForced(block, indexOf(later))) {
                throw damaged(
                        next == NONE ? Geometry.align(end, GroupFormat.ALIGNMENT) : next,
                        "group " + nextGroup + " is damaged, but a later one is whole (in "
                                + Geometry.pathOf(geometry.fileOf(later)) + " at " + geometry.offsetOf(later) + ")");
            }
            holes = true;
        }
        return new Result(
                lastGroupEnd, nextGroup, provenEnd, groups, records, torn || next != NONE, holes, firstGroups);
    }

    private record Cut(long file, long end, long group) {}

    /// The recorded early end of the file `position` is in (or before which it is), if it has one.
    private @Nullable Cut cutAfter(long position) {
        long next = Math.ceilDiv(position, geometry.fileBytes());
        JournalHeader header = headers.get(next);
        if (header == null || header.cut() == null || geometry.fileStart(next) == position) {
            return null;
        }
        return new Cut(next, header.cut().end(), header.cut().group());
    }

    /// The position of the group expected next, or NONE.
    private long findNext() throws IOException {
        Cut cut = cutAfter(end);
        if (cut != null && cut.end <= end) {
            if (cut.end < end || cut.group != nextGroup) {
                throw damaged(end, "the next file continues at group " + cut.group + ", not " + nextGroup);
            }
            end = geometry.fileStart(cut.file);
            provenEnd = Math.max(provenEnd, end);
            cut = null;
        }
        long blockEnd = geometry.nextBlock(end);
        long close = Geometry.align(end, GroupFormat.ALIGNMENT);
        if (close < blockEnd && isExpected(close)) {
            return close;
        }
        long aligned = Geometry.align(end, Disk.BLOCK_BYTES);
        if (aligned < blockEnd && isExpected(aligned)) {
            return aligned;
        }
        boolean jumps = cut != null && cut.end < blockEnd;
        return !jumps && isExpected(blockEnd) ? blockEnd : NONE;
    }

    private boolean isExpected(long position) throws IOException {
        return load(position)
                && GroupFormat.isValid(block, indexOf(position), geometry.blockBytes(), mask, crc)
                && RecordFormat.sequence(block, indexOf(position)) == nextGroup;
    }

    /// Checks a group as a whole, then hands out its records.
    private boolean readGroup(long position, Sink sink) throws IOException {
        int start = indexOf(position);
        int first = start + GroupFormat.BYTES;
        int length = GroupFormat.recordsBytes(block, start);
        if (length < 0 || length > geometry.blockBytes() - first) {
            return false;
        }
        int limit = first + length;
        int count = 0;
        int at = first;
        while (at < limit) {
            if (!RecordFormat.isValid(block, at, limit, mask, crc)) {
                torn = true;
                return false;
            }
            at += RecordFormat.sizeOf(RecordFormat.length(block, at));
            count++;
        }
        if (at != limit || count != GroupFormat.recordCount(block, start)) {
            torn = true;
            return false;
        }
        if (GroupFormat.isForced(block, start)) {
            provenEnd = Math.max(provenEnd, position);
        }
        if (start == 0) {
            firstGroups.put(position, nextGroup);
        }
        for (at = first; at < limit; at += RecordFormat.sizeOf(RecordFormat.length(block, at))) {
            sink.record(block, at, position - start + at);
        }
        end = position - start + limit;
        lastGroupEnd = end;
        nextGroup++;
        groups++;
        records += count;
        return true;
    }

    /// The first whole group record from `from` on, in any file, that is not older than the one expected.
    private long findLater(long from) throws IOException {
        long position = from;
        // The expected group's own record proves nothing about what is behind it.
        if (load(position) && isExpected(position)) {
            position += GroupFormat.ALIGNMENT;
        }
        while (position != NONE) {
            if (load(position)) {
                int limit = geometry.blockBytes();
                for (int at = indexOf(position); at < limit; at += GroupFormat.ALIGNMENT) {
                    if (GroupFormat.isValid(block, at, limit, mask, crc)
                            && RecordFormat.sequence(block, at) >= nextGroup) {
                        return geometry.blockStart(position) + at;
                    }
                }
            }
            position = followingBlock(position);
        }
        return NONE;
    }

    private long followingBlock(long position) {
        long next = geometry.blockStart(position) + geometry.blockBytes();
        if (headers.containsKey(geometry.fileOf(next))) {
            return next;
        }
        Long file = headers.ceilingKey(geometry.fileOf(next));
        return file == null ? NONE : geometry.fileStart(file);
    }

    /// Brings the block of a position into memory.
    ///
    /// @return false if there is no such file
    private boolean load(long position) throws IOException {
        long start = geometry.blockStart(position);
        if (start == loadedBlock) {
            return true;
        }
        long number = geometry.fileOf(start);
        JournalHeader header = headers.get(number);
        if (header == null) {
            return false;
        }
        if (number != fileNumber) {
            close();
            file = disk.openForReading(Geometry.pathOf(number));
            fileNumber = number;
            mask = RecordFormat.mask(header.epoch());
        }
        loadedBlock = NONE;
        block.clear();
        if (file == null || file.read(geometry.offsetOf(start), block) < geometry.blockBytes()) {
            throw damaged(start, "the file is shorter than its header says");
        }
        block.clear();
        loadedBlock = start;
        return true;
    }

    private int indexOf(long position) {
        return (int) (position & (geometry.blockBytes() - 1));
    }

    private StorageException damaged(long position, String what) {
        return new StorageException(
                Category.CORRUPT,
                Geometry.pathOf(geometry.fileOf(position)) + " is damaged at byte " + geometry.offsetOf(position) + ": "
                        + what + ". Restore the directory from a copy or a replica.");
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
            file = null;
            fileNumber = NONE;
        }
    }
}

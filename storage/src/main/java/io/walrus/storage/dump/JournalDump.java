package io.walrus.storage.dump;

import io.walrus.storage.io.Disk;
import io.walrus.storage.io.DiskFile;
import io.walrus.storage.journal.Geometry;
import io.walrus.storage.journal.GroupFormat;
import io.walrus.storage.journal.JournalHeader;
import io.walrus.storage.journal.RecordFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Prints a journal file or a spare. Places are counted from the end of the header.
final class JournalDump {
    private static final int NONE = -1;

    private final DiskFile file;
    private final Disk disk;
    private final String name;
    private final DumpReport report;
    private final CRC32C crc = new CRC32C();
    private ByteBuffer block = ByteBuffer.allocate(0);
    private long loaded = NONE;
    private int blockBytes;
    private long fileBytes;
    private int mask;

    JournalDump(DiskFile file, Disk disk, String name, DumpReport report) {
        this.file = file;
        this.disk = disk;
        this.name = name;
        this.report = report;
    }

    void print() throws IOException {
        JournalHeader header = headerOf(file);
        if (header == null) {
            report.damage(0, "the header of a journal file is not whole; its records cannot be checked without it");
            return;
        }
        JournalHeader.Cut before = header.cut();
        Geometry geometry = header.identity().geometry();
        report.line(
                0,
                "journal file " + header.number() + ": epoch=" + header.epoch() + " blockBytes="
                        + geometry.blockBytes() + " fileBytes=" + geometry.fileBytes() + " engine="
                        + header.identity().engine()
                        + (before == null ? "" : " CUT end=" + before.end() + " group=" + before.group()));
        blockBytes = geometry.blockBytes();
        fileBytes = geometry.fileBytes();
        mask = RecordFormat.mask(header.epoch());
        block = ByteBuffer.allocateDirect(blockBytes).order(ByteOrder.LITTLE_ENDIAN);
        if (file.size() < offsetOf(fileBytes)) {
            report.damage(file.size(), "the file is shorter than its header says");
        }
        JournalHeader.Cut cut = cutBehind(header);
        printGroups(cut, cut == null ? fileBytes : cut.end() - geometry.fileStart(header.number()));
    }

    /// Prints the groups that begin before `limit`, the file's end or where the next file says that it ended early.
    private void printGroups(JournalHeader.@Nullable Cut cut, long limit) throws IOException {
        long end = 0;
        long group = NONE;
        while (end < limit) {
            long place = findNext(end, group, limit);
            if (place == NONE) {
                place = findLater(end, group, limit);
                if (place == NONE) {
                    break;
                }
                report.damage(
                        offsetOf(align(end, GroupFormat.ALIGNMENT)),
                        (group == NONE ? "the first group" : "group " + group)
                                + " is not whole here (or was lost in a power failure), but group "
                                + RecordFormat.sequence(block, indexOf(place)) + " is, at " + offsetOf(place));
            }
            group = RecordFormat.sequence(block, indexOf(place)) + 1;
            end = printGroup(place);
        }
        if (cut != null) {
            // The recorded end may include the padding of the last group, so the group's number is what counts.
            if (limit > 0 && group != cut.group()) {
                report.damage(offsetOf(end), "the next file says that the journal went on to " + offsetOf(limit));
            }
            report.line(offsetOf(limit), "the journal ended early, the next file goes on with group " + cut.group());
        } else if (hasBytesFrom(end)) {
            report.line(offsetOf(end), "no more groups; what follows is of an earlier use, or of a group not whole");
        } else {
            report.line(offsetOf(end), "no more groups");
        }
    }

    /// Where the expected group begins, or the first, if none is known yet.
    private long findNext(long end, long group, long limit) throws IOException {
        long blockEnd = align(end, blockBytes);
        for (long place : new long[] {align(end, GroupFormat.ALIGNMENT), align(end, Disk.BLOCK_BYTES), blockEnd}) {
            if (place <= blockEnd && place < limit) {
                load(place);
                if (isGroup(indexOf(place))
                        && (group == NONE || RecordFormat.sequence(block, indexOf(place)) == group)) {
                    return place;
                }
            }
        }
        return NONE;
    }

    private long findLater(long end, long group, long limit) throws IOException {
        for (long place = align(end, GroupFormat.ALIGNMENT); place < limit; place += GroupFormat.ALIGNMENT) {
            load(place);
            if (isGroup(indexOf(place)) && RecordFormat.sequence(block, indexOf(place)) >= group) {
                return place;
            }
        }
        return NONE;
    }

    private boolean isGroup(int at) {
        return GroupFormat.isValid(block, at, blockBytes, mask, crc);
    }

    /// Prints a group and its records.
    ///
    /// @return the place behind it
    private long printGroup(long place) {
        int start = indexOf(place);
        report.record(offsetOf(place), block, start);
        int at = start + GroupFormat.BYTES;
        int length = GroupFormat.recordsBytes(block, start);
        int limit = at + Math.clamp(length, 0, blockBytes - at);
        int count = 0;
        while (at < limit && RecordFormat.isValid(block, at, limit, mask, crc)) {
            report.record(offsetOf(place - start + at), block, at);
            at += RecordFormat.sizeOf(RecordFormat.length(block, at));
            count++;
        }
        if (at != limit || count != GroupFormat.recordCount(block, start)) {
            report.damage(
                    offsetOf(place - start + at),
                    "record " + (count + 1) + " of the group is not whole (or was being written when power was lost)");
        }
        return place - start + limit;
    }

    private boolean hasBytesFrom(long end) throws IOException {
        for (long place = align(end, Long.BYTES); place < fileBytes; place += Long.BYTES) {
            load(place);
            if (block.getLong(indexOf(place)) != 0) {
                return true;
            }
        }
        return false;
    }

    /// Where the next file says that this one ended, if it does.
    private JournalHeader.@Nullable Cut cutBehind(JournalHeader header) throws IOException {
        if (Geometry.fileNumber(name) != header.number()) {
            return null;
        }
        String next = name.replace(
                HexFormat.of().toHexDigits(header.number()), HexFormat.of().toHexDigits(header.number() + 1));
        JournalHeader following;
        try (DiskFile neighbour = disk.openForReading(next)) {
            following = headerOf(neighbour);
        } catch (NoSuchFileException _) {
            return null;
        }
        boolean isNext = following != null
                && following.identity().engine().equals(header.identity().engine())
                && following.number() == header.number() + 1;
        return isNext && following != null ? following.cut() : null;
    }

    private static @Nullable JournalHeader headerOf(DiskFile of) throws IOException {
        ByteBuffer bytes = JournalHeader.buffer();
        return of.read(0, bytes) < Geometry.HEADER_BYTES ? null : JournalHeader.decode(bytes.clear());
    }

    private void load(long place) throws IOException {
        long start = place - indexOf(place);
        if (start == loaded) {
            return;
        }
        block.clear();
        file.read(offsetOf(start), block);
        while (block.hasRemaining()) {
            block.put((byte) 0);
        }
        block.clear();
        loaded = start;
    }

    private int indexOf(long place) {
        return (int) (place & (blockBytes - 1));
    }

    private static long offsetOf(long place) {
        return Geometry.HEADER_BYTES + place;
    }

    private static long align(long place, int alignment) {
        return (place + alignment - 1) & -(long) alignment;
    }
}

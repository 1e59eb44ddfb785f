package io.walrus.storage.engine;

import io.walrus.storage.error.Invariants;
import io.walrus.storage.error.StorageException;
import io.walrus.storage.error.StorageException.Category;
import io.walrus.storage.journal.Geometry;
import io.walrus.storage.journal.JournalFiles;
import io.walrus.storage.journal.RecordFormat;
import io.walrus.storage.journal.Ring;
import io.walrus.storage.stream.Counts;
import io.walrus.storage.stream.OpenFile;
import io.walrus.storage.stream.RecordWindow;
import io.walrus.storage.stream.StreamFile;
import io.walrus.storage.stream.StreamFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Finds durable records: in the ring, in the journal's files, or in the stream's. Thread-safe.
final class StreamReads {
    private final Geometry geometry;
    private final Ring ring;
    private final JournalFiles journalFiles;
    private final StreamFiles streamFiles;

    StreamReads(Geometry geometry, Ring ring, JournalFiles journalFiles, StreamFiles streamFiles) {
        this.geometry = geometry;
        this.ring = ring;
        this.journalFiles = journalFiles;
        this.streamFiles = streamFiles;
    }

    /// Where what is wanted lies.
    private sealed interface Place {
        /// Nowhere: it is not there yet.
        record Nowhere() implements Place {}

        /// In the journal, at the positions noted in the buffer.
        record InJournal(long firstRecord, int truncations) implements Place {}

        record InFile(StreamFile file) implements Place {}
    }

    /// Fills the buffer from memory.
    ///
    /// @return false if the disk is needed
    boolean fromMemory(LogStream stream, long from, boolean raw, ReadBuffer into) throws StorageException {
        into.reset(from);
        return copyFromMemory(find(stream, from, raw, false, into), raw, into);
    }

    /// Fills the buffer with records from memory, those that are not durable yet included. Under the append lock.
    ///
    /// @return false if the disk is needed
    boolean appendedFromMemory(LogStream stream, long from, ReadBuffer into) throws StorageException {
        into.reset(from);
        return copyFromMemory(find(stream, from, true, true, into), true, into);
    }

    private boolean copyFromMemory(Place place, boolean raw, ReadBuffer into) {
        return switch (place) {
            case Place.Nowhere _ -> true;
            case Place.InFile _ -> false;
            case Place.InJournal(long first, int _) -> copyFromRing(first, raw, into);
        };
    }

    /// Fills the buffer from wherever it is.
    void fromAnywhere(LogStream stream, long from, boolean raw, ReadBuffer into) throws IOException {
        boolean done = false;
        while (!done) {
            into.reset(from);
            Place place = find(stream, from, raw, false, into);
            done = switch (place) {
                case Place.Nowhere _ -> true;
                case Place.InJournal(long first, int truncations) ->
                    copyFromRing(first, raw, into) || copyFromJournal(stream, first, truncations, raw, into);
                case Place.InFile(StreamFile file) -> copyFromFile(stream, file, from, raw, into);
            };
        }
    }

    private static Place find(LogStream stream, long from, boolean raw, boolean appended, ReadBuffer into)
            throws StorageException {
        synchronized (stream) {
            if (stream.isDeleted()) {
                throw new StorageException(Category.UNKNOWN_STREAM, "The stream was deleted.");
            }
            long endRecord = appended ? stream.records() : stream.durableRecords();
            if (from >= (raw ? endRecord : stream.durableEntries())) {
                return new Place.Nowhere();
            }
            if (!raw && from < stream.firstEntry()) {
                throw trimmed(false, from, stream.firstEntry());
            }
            if (!stream.tail.isEmpty() && from >= (raw ? stream.tail.firstRecord() : stream.tail.firstEntry(0))) {
                int index = raw ? (int) (from - stream.tail.firstRecord()) : stream.tail.indexOfEntry(from);
                long first = stream.tail.firstRecord() + index;
                int end = (int) (endRecord - stream.tail.firstRecord());
                boolean more = true;
                for (int i = index; i < end && more; i++) {
                    more = into.plan().add(stream.tail.position(i), stream.tail.firstEntry(i));
                }
                return new Place.InJournal(first, stream.truncations());
            }
            StreamFile file = stream.chain().endingBehind(from, raw);
            if (file == null) {
                throw trimmed(raw, from, raw ? stream.firstRecord() : stream.firstEntry());
            }
            long fileStart = raw ? file.base().records() : file.base().entries();
            if (from < fileStart) {
                throw trimmed(raw, from, fileStart);
            }
            return new Place.InFile(file);
        }
    }

    private static StorageException trimmed(boolean raw, long from, long first) {
        return new StorageException(
                Category.TRIMMED,
                (raw ? "Record " : "Entry ") + from + " was trimmed; the first one kept is " + first + ".");
    }

    private boolean copyFromRing(long firstRecord, boolean raw, ReadBuffer into) {
        long first = into.plan().position(0);
        if (!ring.holds(first)) {
            return false;
        }
        for (int i = 0; i < into.plan().size(); i++) {
            long position = into.plan().position(i);
            ByteBuffer block = ring.block(position);
            int at = ring.indexOf(position);
            int length = RecordFormat.length(block, at);
            boolean sane = length >= 0 && length <= geometry.blockBytes() - at - RecordFormat.HEADER_BYTES;
            if (!sane || !ring.holds(first)) {
                Invariants.check(!ring.holds(first), "records in memory are whole");
                into.clear();
                return false;
            }
            boolean more = raw
                    ? into.addRecord(block, at, length, firstRecord + i)
                    : into.addEntries(block, at, length, into.plan().firstEntry(i));
            if (!more) {
                break;
            }
        }
        if (!ring.holds(first)) {
            into.clear();
            return false;
        }
        return true;
    }

    /// What is in the journal only and no longer in memory: after a recovery, until it is flushed.
    private boolean copyFromJournal(LogStream stream, long firstRecord, int truncations, boolean raw, ReadBuffer into)
            throws IOException {
        RecordWindow window = into.window();
        window.clear();
        into.hint().clear();
        for (int i = 0; i < into.plan().size(); i++) {
            long position = into.plan().position(i);
            long limit = geometry.blockStart(position) + geometry.blockBytes();
            int at = RecordWindow.NOT_FOUND;
            @Nullable IOException trouble = null;
            try {
                at = window.find(journalFiles::read, position, limit, journalFiles.maskAt(position));
            } catch (IOException e) {
                trouble = e;
            }
            if (at == RecordWindow.NOT_FOUND
                    || RecordFormat.sequence(window.buffer(), at) != firstRecord + i
                    || RecordFormat.streamId(window.buffer(), at) != stream.id()) {
                if (hasMoved(stream, firstRecord + i, truncations)) {
                    return into.count() > 0;
                }
                if (into.count() > 0) {
                    return true;
                }
                throw trouble != null
                        ? trouble
                        : new StorageException(
                                Category.CORRUPT,
                                journalFiles.pathAt(position) + " is damaged at byte " + geometry.offsetOf(position)
                                        + ": a record is not there. Restore the directory from a copy or a replica.");
            }
            int length = RecordFormat.length(window.buffer(), at);
            boolean more = raw
                    ? into.addRecord(window.buffer(), at, length, firstRecord + i)
                    : into.addEntries(window.buffer(), at, length, into.plan().firstEntry(i));
            if (!more) {
                break;
            }
        }
        return true;
    }

    private static boolean hasMoved(LogStream stream, long record, int truncations) {
        synchronized (stream) {
            return stream.isDeleted() || stream.truncations() != truncations || stream.tail.firstRecord() > record;
        }
    }

    private boolean copyFromFile(LogStream stream, StreamFile file, long from, boolean raw, ReadBuffer into)
            throws IOException {
        try {
            OpenFile open = streamFiles.acquire(stream.id(), file);
            try {
                copyRecords(open, file, from, raw, into);
            } finally {
                streamFiles.release(open);
            }
            return true;
        } catch (IOException e) {
            if (into.count() > 0) {
                return true;
            }
            if (isStillThere(stream, file)) {
                throw e;
            }
            return false;
        }
    }

    private static boolean isStillThere(LogStream stream, StreamFile file) {
        return !stream.isDeleted() && stream.chain().has(file);
    }

    /// Finds out what lies before a record, from a file if need be.
    ///
    /// @throws StorageException TRIMMED, UNKNOWN_STREAM or CORRUPT
    StreamCut cutAt(LogStream stream, long record) throws IOException {
        while (true) {
            int truncations;
            StreamFile file;
            synchronized (stream) {
                if (stream.isDeleted()) {
                    throw new StorageException(Category.UNKNOWN_STREAM, "The stream was deleted.");
                }
                truncations = stream.truncations();
                Counts known = stream.countsBefore(record);
                if (known != null) {
                    return new StreamCut(stream, known, truncations);
                }
                file = stream.chain().endingBehind(record, true);
            }
            if (file == null || record < file.base().records()) {
                throw new StorageException(Category.TRIMMED, "Record " + record + " is not kept any more.");
            }
            try {
                OpenFile open = streamFiles.acquire(stream.id(), file);
                try {
                    return new StreamCut(stream, open.countsBefore(record, file, RecordWindow.small()), truncations);
                } finally {
                    streamFiles.release(open);
                }
            } catch (IOException e) {
                if (isStillThere(stream, file)) {
                    throw e;
                }
            }
        }
    }

    private static void copyRecords(OpenFile open, StreamFile file, long from, boolean raw, ReadBuffer into)
            throws IOException {
        RecordWindow window = into.window();
        long record;
        long entry;
        long offset;
        if (into.hint().isAt(file.epoch(), from, raw)) {
            record = into.hint().record();
            entry = into.hint().entry();
            offset = into.hint().offset();
        } else {
            window.clear();
            OpenFile.Place place = open.placeBefore(from, raw, file, window);
            record = place.before().records();
            entry = place.before().entries();
            offset = place.offset();
        }
        into.hint().clear();
        while (record < file.end().records()) {
            int at = open.checkedRecord(window, offset, record, file.fileBytes());
            ByteBuffer buffer = window.buffer();
            int length = RecordFormat.length(buffer, at);
            boolean more = raw
                    ? record < from || into.addRecord(buffer, at, length, record)
                    : into.addEntries(buffer, at, length, entry);
            if (!more) {
                break;
            }
            record++;
            entry += OpenFile.entriesIn(buffer, at);
            offset += RecordFormat.sizeOf(length);
            if (into.isFull()) {
                break;
            }
        }
        into.hint().set(file.epoch(), record, entry, offset);
    }
}

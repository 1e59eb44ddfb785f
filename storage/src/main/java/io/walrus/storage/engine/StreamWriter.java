package io.walrus.storage.engine;

import io.walrus.storage.error.Invariants;
import io.walrus.storage.error.StorageException;
import io.walrus.storage.error.StorageException.Category;
import io.walrus.storage.io.Disk;
import io.walrus.storage.journal.Geometry;
import io.walrus.storage.journal.Journal;
import io.walrus.storage.journal.JournalFiles;
import io.walrus.storage.journal.RecordFormat;
import io.walrus.storage.journal.Ring;
import io.walrus.storage.journal.Watermarks;
import io.walrus.storage.stream.Counts;
import io.walrus.storage.stream.FileChain;
import io.walrus.storage.stream.OpenFile;
import io.walrus.storage.stream.RecordWindow;
import io.walrus.storage.stream.StreamFile;
import io.walrus.storage.stream.StreamFileHeader;
import io.walrus.storage.stream.StreamFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.IntSupplier;

/// Moves records from the journal to the streams' files, behind the commits and as late as memory allows. Used by one
/// thread at a time.
///
/// A crash leaves any part of what was written behind a file's end as the manifest knows it, and new files with any
/// content or none. None of it counts: the journal keeps the records until a manifest says that the files have them, so
/// recovery finds them there again. It deletes files that the manifest doesn't know; bytes behind an end are cut off
/// before the file is written to.
final class StreamWriter {
    private static final int GATHER_BYTES = 1 << 20;
    private static final int MAX_RECORDS = 8192;

    /// The part of the ring whose records are flushed only if they have to be.
    private static final int NEWEST = 8;
    private static final long NO_FILE = -1;
    private static final long NO_POSITION = -1;
    /// Answer of [#copyRecord] if others are to be written first.
    private static final int NO_ROOM = -1;

    private final EngineConfig config;
    private final Geometry geometry;
    private final Ring ring;
    private final Watermarks marks;
    private final JournalFiles journalFiles;
    private final StreamFiles streamFiles;
    private final FlushQueue queue;
    private final IntSupplier nextEpoch;
    private final Owner owner;
    private final long[] positions = new long[MAX_RECORDS];
    private final RecordWindow window = RecordWindow.small();
    /// Made once, not per record.
    private final RecordWindow.Source journalBytes;
    /// The journal file of the last record, and its mask: most records are in the same.
    private long maskedFile = NO_FILE;

    private int fileMask;
    private ByteBuffer gather = Disk.alignedBuffer(GATHER_BYTES);

    /// Whom it works for.
    interface Owner {
        /// Commits what was appended, and forces the journal whatever the policy.
        void forceJournal() throws IOException;

        /// Hears that all before `position` is in stream files.
        void flushedBefore(long position);
    }

    StreamWriter(
            EngineConfig config,
            Journal<GroupEffects> journal,
            StreamFiles streamFiles,
            FlushQueue queue,
            IntSupplier nextEpoch,
            Owner owner) {
        this.config = config;
        this.ring = journal.ring();
        this.marks = journal.marks();
        this.journalFiles = journal.files();
        this.geometry = journalFiles.geometry();
        this.streamFiles = streamFiles;
        this.queue = queue;
        this.nextEpoch = nextEpoch;
        this.owner = owner;
        this.journalBytes = journalFiles::read;
    }

    /// Flushes every stream that has durable records before `target` in the journal only, a chunk at a time, so that
    /// memory is free again as soon as it can be, and this ends however much is appended meanwhile.
    ///
    /// Takes what comes behind of each stream, too, as one long write costs less than several, but not the newest
    /// records: those who follow the stream are about to ask for them, and would have to read them from the disk.
    void flushBefore(long target) throws IOException {
        tellFlushed();
        long bound = Math.min(target, marks.durableEnd());
        LogStream stream = queue.pollBefore(bound);
        while (stream != null) {
            boolean written = false;
            boolean waits;
            try {
                written = flushChunk(stream, Math.max(bound, marks.durableEnd() - ring.capacityBytes() / NEWEST));
            } finally {
                waits = requeue(stream, bound);
            }
            tellFlushed();
            // What a truncation on its way has hidden can be flushed once that is durable.
            stream = written || !waits ? queue.pollBefore(bound) : null;
        }
    }

    /// Queues a stream again if there is more of it.
    ///
    /// @return whether there is some before `bound`
    private boolean requeue(LogStream stream, long bound) {
        long position = stream.firstUnflushed(NO_POSITION);
        if (position == NO_POSITION || stream.isDeleted()) {
            return false;
        }
        queue.add(stream, position);
        return position < bound;
    }

    // The end is read first: what is appended after that is queued at or behind it.
    private void tellFlushed() {
        long end = marks.durableEnd();
        owner.flushedBefore(queue.first(end));
    }

    private boolean flushChunk(LogStream stream, long end) throws IOException {
        int planned = 0;
        int truncations;
        FileChain chain;
        synchronized (stream) {
            if (stream.isDeleted()) {
                return false;
            }
            long durable = stream.durableRecords() - stream.tail.firstRecord();
            long most = Math.min(MAX_RECORDS, Math.min(stream.tail.count(), durable));
            while (planned < most && stream.tail.position(planned) < end) {
                positions[planned] = stream.tail.position(planned);
                planned++;
            }
            if (planned == 0) {
                return false;
            }
            truncations = stream.truncations();
            chain = stream.chain();
            Invariants.check(
                    chain.end().records() == stream.tail.firstRecord(), "a stream's files end where its tail begins");
        }
        StreamFile last = chain.last();
        boolean isNew = last == null
                || last.closed()
                || last.end().records() != chain.end().records()
                || last.fileBytes() >= config.streamFileBytes();
        StreamFile file = isNew || last == null
                ? new StreamFile(nextEpoch.getAsInt(), chain.end(), chain.end(), StreamFileHeader.BYTES, false)
                : last;
        return write(stream, file, isNew, planned, truncations);
    }

    private boolean write(LogStream stream, StreamFile file, boolean isNew, int planned, int truncations)
            throws IOException {
        long roomBytes = config.streamFileBytes() - file.fileBytes();
        int mask = RecordFormat.mask(file.epoch());
        Counts before = file.end();
        long entries = before.entries();
        long entryBytes = before.bytes();
        int taken = 0;
        window.clear();
        // As far from a block's start in memory as in the file.
        int start = (int) (file.fileBytes() % Disk.BLOCK_BYTES);
        gather.clear().position(start);
        for (int i = 0; i < planned; i++) {
            int size = copyRecord(positions[i], mask, taken > 0, start + roomBytes, stream);
            if (size == NO_ROOM) {
                break;
            }
            int at = gather.position() - size;
            Invariants.check(
                    RecordFormat.sequence(gather, at) == before.records() + taken
                            && RecordFormat.streamId(gather, at) == stream.id(),
                    "a tail points at its own records");
            entries += OpenFile.entriesIn(gather, at);
            entryBytes += OpenFile.entryBytesIn(gather, at);
            taken++;
        }
        int bytes = gather.position() - start;
        if (isNew) {
            // It may take the place of a file that was dropped, and would be needed again without the truncation.
            if (stream.publishedTruncation() > marks.forcedGroup()) {
                owner.forceJournal();
            }
            streamFiles.create(stream.id(), file);
        }
        gather.flip().position(start);
        streamFiles.append(stream.id(), file, gather);
        gather.clear();
        Counts end = new Counts(before.records() + taken, entries, entryBytes);
        stream.flushed(file.grown(end, file.fileBytes() + bytes), isNew, taken, truncations);
        return true;
    }

    /// Copies one record behind those gathered.
    ///
    /// @return its size, or [#NO_ROOM]
    private int copyRecord(long position, int mask, boolean mayStop, long roomBytes, LogStream stream)
            throws IOException {
        ByteBuffer source = ring.block(position);
        int at = ring.indexOf(position);
        int length = RecordFormat.length(source, at);
        boolean inRing = ring.holds(position);
        if (!inRing) {
            at = findInFile(position, stream);
            source = window.buffer();
            length = RecordFormat.length(source, at);
        }
        int size = RecordFormat.sizeOf(length);
        int start = gather.position();
        if (mayStop && (size > gather.remaining() || start + size > roomBytes)) {
            return NO_ROOM;
        }
        if (size > gather.remaining()) {
            gather = Disk.alignedBuffer(start + size).position(start);
        }
        gather.put(start, source, at, RecordFormat.HEADER_BYTES + length);
        if (inRing && !ring.holds(position)) {
            // Its memory was used again while it was being copied.
            at = findInFile(position, stream);
            gather.put(start, window.buffer(), at, RecordFormat.HEADER_BYTES + length);
        }
        for (int i = start + RecordFormat.HEADER_BYTES + length; i < start + size; i++) {
            gather.put(i, (byte) 0);
        }
        RecordFormat.remask(gather, start, mask ^ maskAt(position));
        gather.position(start + size);
        return size;
    }

    private int maskAt(long position) {
        long file = geometry.fileOf(position);
        if (file != maskedFile) {
            fileMask = journalFiles.maskAt(position);
            maskedFile = file;
        }
        return fileMask;
    }

    /// Finds a record in its journal file.
    ///
    /// @return where it is in the window
    private int findInFile(long position, LogStream stream) throws IOException {
        long limit = geometry.blockStart(position) + geometry.blockBytes();
        int at = window.find(journalBytes, position, limit, journalFiles.maskAt(position));
        if (at == RecordWindow.NOT_FOUND) {
            throw new StorageException(
                    Category.CORRUPT,
                    journalFiles.pathAt(position) + " is damaged at byte " + geometry.offsetOf(position)
                            + ": a record of stream " + stream.id()
                            + " is not there. Restore the directory from a copy or a replica.");
        }
        return at;
    }
}

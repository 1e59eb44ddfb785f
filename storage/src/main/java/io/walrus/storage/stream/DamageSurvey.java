package io.walrus.storage.stream;

import io.walrus.storage.io.Disk;
import io.walrus.storage.journal.RecordFormat;
import io.walrus.storage.journal.RecordType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Looks for what is whole in a stream file from a damaged record on. Used once, by one thread.
///
/// A record behind damage is found at any multiple of the alignment by its header and its CRC, since the damaged
/// length before it may lead anywhere. Its own header has its number. How many *entries* lie before it is told from
/// the end of the file, whose counts are known: back over the whole records up to it. Where more damage lies in
/// between, the headers of the damaged records are believed only if they add up to just what is missing.
///
/// Nothing is guessed. If records of this file are found whole and out of order, one of them is no record but the
/// bytes of an entry, and all that lies behind the damage counts as damaged.
final class DamageSurvey {
    private static final int POINT_BYTES = 64 << 10;

    /// Reads that may fail before the rest of the file counts as damaged: each may take a bad disk long.
    private static final int MAX_FAILED_READS = 64;

    private final OpenFile source;
    private final StreamFile file;
    private final RecordWindow window;
    private final Counts before;
    private final List<Run> runs = new ArrayList<>();
    private int failedReads;

    /// Whole records, one behind the other, with damage before them.
    private static final class Run {
        /// The counts in it before each of its points, and where that lies.
        private final List<OpenFile.Place> points = new ArrayList<>();

        private final long firstRecord;
        private Counts counts = Counts.ZERO;
        private long endOffset;

        Run(long firstRecord, long offset) {
            this.firstRecord = firstRecord;
            this.endOffset = offset;
            points.add(new OpenFile.Place(counts, offset));
        }

        void add(ByteBuffer buffer, int at) {
            counts = OpenFile.after(counts, buffer, at);
            endOffset += RecordFormat.sizeOf(RecordFormat.length(buffer, at));
            if (endOffset - points.getLast().offset() >= POINT_BYTES) {
                points.add(new OpenFile.Place(counts, endOffset));
            }
        }

        long offset() {
            return points.getFirst().offset();
        }

        long endRecord() {
            return firstRecord + counts.records();
        }
    }

    /// @param before what lies before the damaged record
    private DamageSurvey(OpenFile source, StreamFile file, RecordWindow window, Counts before) {
        this.source = source;
        this.file = file;
        this.window = window;
        this.before = before;
    }

    /// Looks through the rest of the file.
    ///
    /// @param before what lies before the damaged record
    /// @param offset where that begins
    /// @param counted gets points of the records before which the number of entries is known
    /// @param uncounted gets those of the other whole records; of their counts only the number of records is so
    static void survey(
            OpenFile source,
            StreamFile file,
            RecordWindow window,
            Counts before,
            long offset,
            RecordIndex counted,
            RecordIndex uncounted) {
        DamageSurvey survey = new DamageSurvey(source, file, window, before);
        if (survey.findRuns(offset) && survey.isPlausible()) {
            survey.index(offset, counted, uncounted);
        }
    }

    /// @return false if what was found contradicts itself
    private boolean findRuns(long damagedOffset) {
        long next = before.records();
        long offset = damagedOffset;
        while (next < file.end().records()) {
            long found = nextWhole(offset + RecordFormat.ALIGNMENT);
            int at = found < 0 ? RecordWindow.NOT_FOUND : find(found);
            if (at == RecordWindow.NOT_FOUND) {
                return true;
            }
            long record = RecordFormat.sequence(window.buffer(), at);
            // Each of the damaged ones takes a header at least.
            if (record <= next || record - next > (found - offset) / RecordFormat.HEADER_BYTES) {
                return false;
            }
            Run run = new Run(record, found);
            runs.add(run);
            while (at != RecordWindow.NOT_FOUND
                    && run.endRecord() < file.end().records()
                    && RecordFormat.sequence(window.buffer(), at) == run.endRecord()) {
                run.add(window.buffer(), at);
                at = find(run.endOffset);
            }
            next = run.endRecord();
            offset = run.endOffset;
            if (at != RecordWindow.NOT_FOUND && next < file.end().records()) {
                return false;
            }
        }
        return true;
    }

    /// Whether the file has room for what was found in it, by its counts.
    private boolean isPlausible() {
        Counts found = before;
        for (Run run : runs) {
            found = sum(found, run.counts);
        }
        return found.entries() <= file.end().entries()
                && found.bytes() <= file.end().bytes();
    }

    /// Where the first whole record of this file at or behind `from` begins, -1 if there is none.
    private long nextWhole(long from) {
        long offset = from;
        while (offset < file.fileBytes() && failedReads < MAX_FAILED_READS) {
            int failedBefore = failedReads;
            if (find(offset) != RecordWindow.NOT_FOUND) {
                return offset;
            }
            offset = failedReads == failedBefore
                    ? offset + RecordFormat.ALIGNMENT
                    : Disk.blockUp(offset + RecordFormat.ALIGNMENT);
        }
        return -1;
    }

    /// The whole record of this file that begins at `offset`, as an index in the window.
    private int find(long offset) {
        try {
            return hasHeader(offset) ? source.find(window, offset, file.fileBytes()) : RecordWindow.NOT_FOUND;
        } catch (IOException _) {
            failedReads++;
            return RecordWindow.NOT_FOUND;
        }
    }

    /// Whether a record of this file may begin at `offset`, by what its header says.
    private boolean hasHeader(long offset) throws IOException {
        if (window.lengthAt(source, offset, file.fileBytes()) < 0) {
            return false;
        }
        int at = window.indexOf(offset);
        long record = RecordFormat.sequence(window.buffer(), at);
        return RecordFormat.streamId(window.buffer(), at) == source.streamId()
                && record >= file.base().records()
                && record < file.end().records();
    }

    private void index(long damagedOffset, RecordIndex counted, RecordIndex uncounted) {
        List<Counts> believed = believed(damagedOffset);
        Counts end = before;
        for (int i = 0; i < runs.size(); i++) {
            Run run = runs.get(i);
            boolean isCounted =
                    !believed.isEmpty() || run.endRecord() == file.end().records();
            end = believed.isEmpty() ? file.end() : sum(sum(end, believed.get(i)), run.counts);
            for (OpenFile.Place point : run.points) {
                if (isCounted) {
                    counted.add(sum(difference(end, run.counts), point.before()), point.offset());
                } else {
                    uncounted.add(new Counts(run.firstRecord + point.before().records(), 0, 0), point.offset());
                }
            }
        }
    }

    /// The counts of the damaged records before each run, and behind the last one, by their headers. None if these do
    /// not add up to what the file lacks.
    private List<Counts> believed(long damagedOffset) {
        List<Counts> all = new ArrayList<>();
        Counts total = before;
        long record = before.records();
        long offset = damagedOffset;
        for (Run run : runs) {
            Counts gap = gap(record, offset, run.firstRecord, run.offset());
            if (gap == null) {
                return List.of();
            }
            all.add(gap);
            total = sum(sum(total, gap), run.counts);
            record = run.endRecord();
            offset = run.endOffset;
        }
        Counts last = gap(record, offset, file.end().records(), -1);
        return last != null && sum(total, last).equals(file.end()) ? all : List.of();
    }

    /// The counts of damaged records by their headers, or null if these don't lead from one to the next.
    ///
    /// @param endOffset where the record behind them begins, negative if that is not known
    private @Nullable Counts gap(long record, long offset, long endRecord, long endOffset) {
        Counts counts = Counts.ZERO;
        long at = offset;
        try {
            for (long next = record; next < endRecord; next++) {
                if (!hasHeader(at)) {
                    return null;
                }
                int length = RecordFormat.length(window.buffer(), window.indexOf(at));
                int needed = RecordFormat.HEADER_BYTES + Math.min(length, Integer.BYTES);
                if (!window.holds(source, at, needed, file.fileBytes())) {
                    return null;
                }
                int index = window.indexOf(at);
                boolean isBatch = RecordFormat.type(window.buffer(), index) == RecordType.BATCH;
                boolean isSane = RecordFormat.sequence(window.buffer(), index) == next
                        && (!isBatch || length >= Integer.BYTES)
                        && OpenFile.entriesIn(window.buffer(), index) >= 0
                        && OpenFile.entryBytesIn(window.buffer(), index) >= 0;
                if (!isSane) {
                    return null;
                }
                counts = OpenFile.after(counts, window.buffer(), index);
                at += RecordFormat.sizeOf(length);
            }
        } catch (IOException _) {
            return null;
        }
        return endOffset < 0 || at == endOffset ? counts : null;
    }

    private static Counts sum(Counts one, Counts other) {
        return new Counts(
                one.records() + other.records(), one.entries() + other.entries(), one.bytes() + other.bytes());
    }

    private static Counts difference(Counts whole, Counts part) {
        return new Counts(
                whole.records() - part.records(), whole.entries() - part.entries(), whole.bytes() - part.bytes());
    }
}

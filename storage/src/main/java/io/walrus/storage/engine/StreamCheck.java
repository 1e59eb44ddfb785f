package io.walrus.storage.engine;

import io.walrus.storage.error.Invariants;
import io.walrus.storage.error.StorageException;
import io.walrus.storage.stream.RecordWindow;
import io.walrus.storage.stream.StreamFile;
import io.walrus.storage.stream.StreamFileCheck;
import io.walrus.storage.stream.StreamFiles;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Looks whether what the device has of a stream's files is what was written to them, a stretch at a time. What is in
/// the journal only is left out: it comes to the files with a checkpoint. Holds one file open at most. Used by one
/// thread at a time, for one stream after the other.
public final class StreamCheck implements Closeable {
    private final StreamFiles files;
    private final int windowBytes;
    private RecordWindow window;
    private @Nullable LogStream stream;
    private long record;
    private boolean isBegun;
    private @Nullable StreamFile file;
    private @Nullable StreamFileCheck open;

    /// @param windowBytes of memory for a read; a record that is longer takes as much as it needs
    StreamCheck(StreamFiles files, int windowBytes) {
        this.files = files;
        this.windowBytes = windowBytes;
        this.window = new RecordWindow(windowBytes);
    }

    /// The stream that is looked at, or was last; null before the first.
    public @Nullable LogStream stream() {
        return stream;
    }

    /// Turns to another stream, or to the same one anew. Never blocks.
    ///
    /// @param fromRecord where to begin, or with the first record of the file that has it
    public void begin(LogStream next, long fromRecord) {
        stream = next;
        record = fromRecord;
        isBegun = false;
    }

    /// Where another check can go on.
    public long record() {
        return record;
    }

    /// Looks at more records. May block.
    ///
    /// @param bytes how many at most, or one record
    /// @return the bytes looked at, 0 if all that there is was looked at
    /// @throws StorageException CORRUPT if something is damaged or missing; the stream is given up then
    public long next(int bytes) throws IOException {
        LogStream of = Invariants.present(stream, "a check has a stream");
        boolean isWell = false;
        try {
            if (!isBegun) {
                close();
                isBegun = true;
            }
            StreamFile current = current(of);
            long done = 0;
            while (current != null && done == 0) {
                done = next(of, current, bytes);
                if (done == 0) {
                    leaveFile(current.end().records());
                    current = current(of);
                }
            }
            isWell = true;
            return done;
        } finally {
            if (!isWell) {
                close();
            }
        }
    }

    /// The file that is looked at, as it is by now, or else the next one.
    private @Nullable StreamFile current(LogStream of) throws IOException {
        StreamFile known = file;
        for (StreamFile each : of.chain().files()) {
            if (known == null ? each.end().records() > record : each.epoch() == known.epoch()) {
                return each;
            }
        }
        if (known == null) {
            return null;
        }
        // It was dropped meanwhile.
        leaveFile(known.base().records());
        return current(of);
    }

    private long next(LogStream of, StreamFile current, int bytes) throws IOException {
        try {
            StreamFileCheck check = open;
            if (check == null) {
                record = Math.max(record, current.base().records());
                check = files.check(of.id(), current, window);
                open = check;
                file = current;
            }
            return check.next(current, bytes);
        } catch (IOException e) {
            if (of.isDeleted() || !of.chain().has(current)) {
                return 0;
            }
            throw e;
        }
    }

    private void leaveFile(long nextRecord) throws IOException {
        record = nextRecord;
        close();
        if (window.buffer().capacity() > windowBytes) {
            window = new RecordWindow(windowBytes);
        }
    }

    @Override
    public void close() throws IOException {
        StreamFileCheck closing = open;
        open = null;
        file = null;
        if (closing != null) {
            closing.close();
        }
    }
}

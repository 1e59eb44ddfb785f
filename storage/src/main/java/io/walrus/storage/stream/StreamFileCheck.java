package io.walrus.storage.stream;

import io.walrus.storage.error.StorageException;
import io.walrus.storage.journal.RecordFormat;
import java.io.Closeable;
import java.io.IOException;

/// Looks whether what the device has of a stream file is what was written, record after record. Used by one thread at a
/// time.
public final class StreamFileCheck implements Closeable {
    private final OpenFile file;
    private final RecordWindow window;
    private Counts checked;
    private long offset = StreamFileHeader.BYTES;

    /// Opens the file, and looks at its header.
    ///
    /// @param file not yet open; this closes it
    /// @throws StorageException CORRUPT if the file is missing, or not the one that the manifest means
    StreamFileCheck(OpenFile file, Counts base, RecordWindow window) throws IOException {
        this.file = file;
        this.window = window;
        this.checked = base;
        window.clear();
        file.openForChecking();
    }

    /// Looks at more records.
    ///
    /// @param now the file as it is by now
    /// @param bytes how many at most, or one record
    /// @return the bytes looked at, 0 if there was nothing left
    /// @throws StorageException CORRUPT if a record is damaged or missing
    public long next(StreamFile now, int bytes) throws IOException {
        long from = offset;
        while (checked.records() < now.end().records() && offset - from < bytes) {
            int at = file.checkedRecord(window, offset, checked.records(), now.fileBytes());
            offset += RecordFormat.sizeOf(RecordFormat.length(window.buffer(), at));
            checked = OpenFile.after(checked, window.buffer(), at);
        }
        return offset - from;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}

package io.walrus.storage.dump;

import io.walrus.storage.io.DiskFile;
import io.walrus.storage.journal.RecordFormat;
import io.walrus.storage.stream.RecordWindow;
import io.walrus.storage.stream.StreamFileHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// Prints a stream file.
final class StreamDump {
    private static final int READ_BYTES = 256 << 10;

    private final DiskFile file;
    private final DumpReport report;
    private final RecordWindow window = new RecordWindow(READ_BYTES);

    StreamDump(DiskFile file, DumpReport report) {
        this.file = file;
        this.report = report;
    }

    void print() throws IOException {
        StreamFileHeader header = readHeader();
        if (header == null) {
            report.damage(0, "the header of a stream file is not whole; its records cannot be checked without it");
            return;
        }
        report.line(
                0,
                "stream file: stream=" + header.streamId() + " baseRecord=" + header.baseRecord() + " baseEntry="
                        + header.baseEntry() + " epoch=" + header.epoch() + " engine=" + header.engine());
        long size = file.size();
        int mask = RecordFormat.mask(header.epoch());
        long offset = StreamFileHeader.BYTES;
        long record = header.baseRecord();
        while (offset < size) {
            int at = find(offset, size, mask, header.streamId(), record);
            if (at != RecordWindow.NOT_FOUND) {
                report.record(offset, window.buffer(), at);
                offset += RecordFormat.sizeOf(RecordFormat.length(window.buffer(), at));
            } else {
                report.damage(
                        offset, "record " + record + " is not whole here (or was being written when power was lost)");
                offset = behindDamaged(offset, size, mask, header.streamId(), record);
            }
            record++;
        }
        report.line(size, "end of the file");
    }

    private @Nullable StreamFileHeader readHeader() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(StreamFileHeader.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return file.read(0, bytes) < StreamFileHeader.BYTES ? null : StreamFileHeader.decode(bytes.clear());
    }

    private int find(long offset, long size, int mask, int streamId, long record) throws IOException {
        int at = window.find(file::read, offset, size, mask);
        boolean isExpected = at != RecordWindow.NOT_FOUND
                && RecordFormat.sequence(window.buffer(), at) == record
                && RecordFormat.streamId(window.buffer(), at) == streamId;
        return isExpected ? at : RecordWindow.NOT_FOUND;
    }

    /// Where the record after a damaged one is, if the damaged one's length can be believed; else the end.
    private long behindDamaged(long offset, long size, int mask, int streamId, long record) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(RecordFormat.HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int count = file.read(offset, header);
        int length = count < RecordFormat.HEADER_BYTES ? -1 : RecordFormat.length(header, 0);
        if (length >= 0 && length <= size - offset - RecordFormat.HEADER_BYTES) {
            long next = offset + RecordFormat.sizeOf(length);
            if (next >= size || find(next, size, mask, streamId, record + 1) != RecordWindow.NOT_FOUND) {
                return next;
            }
        }
        report.damage(offset, "the " + (size - offset) + " bytes from here on cannot be told apart");
        return size;
    }
}

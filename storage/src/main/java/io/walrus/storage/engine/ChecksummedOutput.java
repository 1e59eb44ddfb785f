package io.walrus.storage.engine;

import io.walrus.storage.io.DiskFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// Writes a file from its beginning, a part at a time, and sums it up. The memory for one part is all that it takes,
/// however long the file becomes.
final class ChecksummedOutput extends OutputStream {
    private final DiskFile file;
    private final ByteBuffer part;
    private final CRC32C crc = new CRC32C();
    private long written;
    private int summed;

    /// @param partBytes how much is written at a time
    ChecksummedOutput(DiskFile file, int partBytes) {
        this.file = file;
        this.part = ByteBuffer.allocateDirect(partBytes);
    }

    @Override
    public void write(int value) throws IOException {
        if (!part.hasRemaining()) {
            writeOut();
        }
        part.put((byte) value);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            if (!part.hasRemaining()) {
                writeOut();
            }
            int now = Math.min(length - done, part.remaining());
            part.put(bytes, offset + done, now);
            done += now;
        }
    }

    /// The crc32c of all bytes so far.
    int crc() {
        crc.update(part.slice(summed, part.position() - summed));
        summed = part.position();
        return (int) crc.getValue();
    }

    /// Passes on to the file what it does not have yet.
    void writeOut() throws IOException {
        int _ = crc();
        part.flip();
        int length = part.remaining();
        file.write(written, part);
        written += length;
        part.clear();
        summed = 0;
    }
}

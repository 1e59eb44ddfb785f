package io.walrus.storage.engine;

import io.walrus.storage.io.DiskFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/// Reads a file from its beginning to its end. For one thread; the file stays open.
final class FileInput extends InputStream {
    private final DiskFile file;
    private long at;

    FileInput(DiskFile file) {
        this.file = file;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 1 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        int count = file.read(at, ByteBuffer.wrap(bytes, offset, length));
        if (count <= 0) {
            return -1;
        }
        at += count;
        return count;
    }
}

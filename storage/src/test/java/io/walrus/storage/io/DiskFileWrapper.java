package io.walrus.storage.io;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Another open file, to be changed in one respect.
public class DiskFileWrapper implements DiskFile {
    private final DiskFile file;

    protected DiskFileWrapper(DiskFile file) {
        this.file = file;
    }

    @Override
    public void write(long position, ByteBuffer source) throws IOException {
        file.write(position, source);
    }

    @Override
    public int read(long position, ByteBuffer target) throws IOException {
        return file.read(position, target);
    }

    @Override
    public void force() throws IOException {
        file.force();
    }

    @Override
    public long size() throws IOException {
        return file.size();
    }

    @Override
    public void truncate(long size) throws IOException {
        file.truncate(size);
    }

    @Override
    public int descriptors() {
        return file.descriptors();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}

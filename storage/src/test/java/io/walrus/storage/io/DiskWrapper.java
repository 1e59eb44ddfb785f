package io.walrus.storage.io;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/// Another disk, to be changed in one respect.
public class DiskWrapper implements Disk {
    private final Disk disk;

    protected DiskWrapper(Disk disk) {
        this.disk = disk;
    }

    @Override
    public DiskFile open(String path, WriteMode mode) throws IOException {
        return disk.open(path, mode);
    }

    @Override
    public DiskFile openForReading(String path) throws IOException {
        return disk.openForReading(path);
    }

    @Override
    public boolean exists(String path) throws IOException {
        return disk.exists(path);
    }

    @Override
    public List<String> list(String directory) throws IOException {
        return disk.list(directory);
    }

    @Override
    public void createDirectories(String directory) throws IOException {
        disk.createDirectories(directory);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        disk.rename(from, to);
    }

    @Override
    public void delete(String path) throws IOException {
        disk.delete(path);
    }

    @Override
    public void forceDirectory(String directory) throws IOException {
        disk.forceDirectory(directory);
    }

    @Override
    public long usableBytes() throws IOException {
        return disk.usableBytes();
    }

    @Override
    public Closeable lock(String path) throws IOException {
        return disk.lock(path);
    }
}

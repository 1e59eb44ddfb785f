package io.walrus.storage.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/// One open file of a [FileDisk].
final class ChannelFile implements DiskFile {
    private final String name;
    private final FileChannel channel;
    private final boolean forced;

    ChannelFile(String name, FileChannel channel, boolean forced) {
        this.name = name;
        this.channel = channel;
        this.forced = forced;
    }

    @Override
    public void write(long position, ByteBuffer source) throws IOException {
        long at = position;
        try {
            while (source.hasRemaining()) {
                at += channel.write(source, at);
            }
        } catch (IOException e) {
            throw FileDisk.translated(name, e);
        }
    }

    @Override
    public int read(long position, ByteBuffer target) throws IOException {
        int total = 0;
        while (target.hasRemaining()) {
            int count = channel.read(target, position + total);
            if (count < 0) {
                break;
            }
            total += count;
        }
        return total;
    }

    @Override
    public void force() throws IOException {
        try {
            channel.force(forced);
        } catch (IOException e) {
            throw FileDisk.translated(name, e);
        }
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public void truncate(long size) throws IOException {
        if (channel.size() > size) {
            channel.truncate(size);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public String toString() {
        return name;
    }
}

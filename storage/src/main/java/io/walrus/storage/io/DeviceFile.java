package io.walrus.storage.io;

import java.io.IOException;
import java.nio.ByteBuffer;

/// A file that is read past the page cache, a stretch of whole blocks at a time. Used by one thread at a time.
final class DeviceFile implements DiskFile {
    private static final int MAX_STRETCH_BYTES = 256 << 10;

    private final ChannelFile direct;
    /// From the first read on, and no longer than the file was then: most files are short, and what is outside the heap
    /// is free again only once the collector has found it.
    private ByteBuffer stretch = ByteBuffer.allocate(0);

    private long start;
    private int filled;

    /// Takes over a file that was opened for direct reads.
    DeviceFile(ChannelFile direct) {
        this.direct = direct;
    }

    @Override
    public int read(long position, ByteBuffer target) throws IOException {
        int done = 0;
        boolean more = true;
        while (more && target.hasRemaining()) {
            long at = position + done;
            if (at < start || at >= start + filled) {
                load(at / Disk.BLOCK_BYTES * Disk.BLOCK_BYTES);
            }
            int from = (int) (at - start);
            int count = Math.clamp(filled - from, 0, target.remaining());
            target.put(stretch.slice(Math.min(from, filled), count));
            done += count;
            more = count > 0;
        }
        return done;
    }

    private void load(long from) throws IOException {
        if (stretch.capacity() == 0) {
            long bytes = Disk.blockUp(Math.max(1, direct.size()));
            stretch = Disk.alignedBuffer((int) Math.min(MAX_STRETCH_BYTES, bytes));
        }
        start = from;
        filled = 0;
        filled = Math.max(0, direct.readBlocks(from, stretch.clear()));
    }

    @Override
    public void write(long position, ByteBuffer source) {
        throw new UnsupportedOperationException("opened for reading");
    }

    @Override
    public void force() {
        throw new UnsupportedOperationException("opened for reading");
    }

    @Override
    public long size() throws IOException {
        return direct.size();
    }

    @Override
    public void truncate(long size) {
        throw new UnsupportedOperationException("opened for reading");
    }

    @Override
    public void close() throws IOException {
        direct.close();
    }
}

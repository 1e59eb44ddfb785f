package io.walrus.benchmarks.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// The least a log can do, as a limit: lengths and payloads in one file of fixed size, which is written with zeros
/// first, and from the start again when it is full. No checksums, no names, no recovery, no groups of appenders.
final class ChannelLog implements StoredLog {
    /// More than the entries that are read.
    static final long FILE_BYTES = 1280L << 20;

    private static final int CHUNK_BYTES = 4 << 20;
    private static final int RECORD_BYTES = Integer.BYTES + ENTRY_BYTES;

    private final FileChannel channel;
    private final long fileBytes;
    private final boolean forced;
    private long position;

    /// @param fileBytes bytes of the file, a multiple of 4 MiB
    ChannelLog(Path folder, boolean forced, long fileBytes) throws IOException {
        this.fileBytes = fileBytes;
        this.forced = forced;
        channel = FileChannel.open(
                folder.resolve("log"),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK_BYTES);
        for (long at = 0; at < fileBytes; at += CHUNK_BYTES) {
            channel.write(zeros.clear(), at);
        }
        channel.force(true);
    }

    @Override
    public Appender appender() {
        ByteBuffer batch = ByteBuffer.allocateDirect(BATCH_ENTRIES * RECORD_BYTES);
        while (batch.hasRemaining()) {
            batch.putInt(ENTRY_BYTES).put(StoredLog.entry());
        }
        return entries -> append(batch.clear().limit(entries * RECORD_BYTES));
    }

    private synchronized void append(ByteBuffer entries) throws IOException {
        if (position + entries.remaining() > fileBytes) {
            position = 0;
        }
        while (entries.hasRemaining()) {
            position += channel.write(entries, position);
        }
        if (forced) {
            channel.force(false);
        }
    }

    @Override
    public Reader reader() {
        ByteBuffer buffer =
                ByteBuffer.allocateDirect(BATCH_ENTRIES * RECORD_BYTES).limit(0);
        return new Reader() {
            private long next;

            @Override
            public boolean next(byte[] target) throws IOException {
                if (!buffer.hasRemaining()) {
                    next += Math.max(0, channel.read(buffer.clear(), next));
                    buffer.flip();
                }
                if (buffer.remaining() < RECORD_BYTES || buffer.getInt() != target.length) {
                    return false;
                }
                buffer.get(target);
                return true;
            }
        };
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

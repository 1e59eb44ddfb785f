package io.walrus.benchmarks.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The least a log can do, as a limit: lengths and payloads in one file of fixed size, which is written with zeros
/// first, and from the start again when it is full. No checksums, no names, no recovery.
///
/// Forced, an appender that finds nobody writing writes and forces what all have put into a buffer meanwhile. Not
/// forced, each appender writes by itself.
final class ChannelLog implements StoredLog {
    /// More than the entries that are read.
    static final long FILE_BYTES = 1280L << 20;

    private static final int BUFFER_BYTES = 4 << 20;
    private static final int ENTRY_BYTES = Integer.BYTES + EnginePayload.BYTES;

    private final FileChannel channel;
    private final long fileBytes;
    private final boolean forced;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition committed = lock.newCondition();

    // Guarded by the lock; `spare` and `position` belong to whoever writes.
    private ByteBuffer filling = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private ByteBuffer spare = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private boolean writing;
    private long fillingGroup;
    private long committedGroup = -1;
    private long position;

    /// A log in one file of a fixed size.
    ///
    /// @param fileBytes bytes of the file, a multiple of 4 MiB
    ChannelLog(Path folder, boolean forced, long fileBytes) throws IOException {
        this.fileBytes = fileBytes;
        this.forced = forced;
        channel = FileChannel.open(
                folder.resolve("log"),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        for (long at = 0; at < fileBytes; at += BUFFER_BYTES) {
            channel.write(spare.clear(), at);
        }
        spare.clear();
        channel.force(true);
    }

    @Override
    public Appender appender() {
        ByteBuffer payload = EnginePayload.direct();
        return entries -> append(payload, entries);
    }

    private void append(ByteBuffer payload, int entries) throws IOException {
        lock.lock();
        try {
            for (int i = 0; i < entries; i++) {
                filling.putInt(EnginePayload.BYTES).put(payload.rewind());
            }
            if (!forced) {
                write(filling);
                return;
            }
            long group = fillingGroup;
            while (committedGroup < group) {
                if (writing) {
                    committed.awaitUninterruptibly();
                } else {
                    commit();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /// Writes all that was put so far; the lock is free meanwhile.
    private void commit() throws IOException {
        ByteBuffer taken = filling;
        filling = spare;
        spare = taken;
        long group = fillingGroup++;
        writing = true;
        lock.unlock();
        try {
            write(taken);
            channel.force(false);
        } finally {
            lock.lock();
            writing = false;
            committedGroup = group;
            committed.signalAll();
        }
    }

    private void write(ByteBuffer buffer) throws IOException {
        buffer.flip();
        if (position + buffer.remaining() > fileBytes) {
            position = 0;
        }
        while (buffer.hasRemaining()) {
            position += channel.write(buffer, position);
        }
        buffer.clear();
    }

    @Override
    public Reader reader() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(EnginePayload.BATCH_ENTRIES * ENTRY_BYTES)
                .limit(0);
        return new Reader() {
            private long next;

            @Override
            public boolean next(byte[] target) throws IOException {
                if (!buffer.hasRemaining()) {
                    next += Math.max(0, channel.read(buffer.clear(), next));
                    buffer.flip();
                }
                if (buffer.remaining() < ENTRY_BYTES || buffer.getInt() != target.length) {
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

package io.walrus.benchmarks.engine;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The least a log can do, as a limit: lengths and payloads in one file of fixed size, which is written with zeros
/// first, and from the start again when it is full. No checksums, no names, no recovery.
///
/// Forced, one thread writes and forces what the appenders have put into a buffer meanwhile; not forced, each appender
/// writes by itself.
final class ChannelLog implements StoredLog {
    /// More than the entries that are read.
    static final long FILE_BYTES = 1280L << 20;

    private static final int BUFFER_BYTES = 4 << 20;
    private static final int ENTRY_BYTES = Integer.BYTES + Payload.BYTES;

    private final FileChannel channel;
    private final long fileBytes;
    private final @Nullable Thread committer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final Condition committed = lock.newCondition();

    // Guarded by the lock.
    private ByteBuffer filling = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private long fillingGroup;
    private long committedGroup = -1;
    private boolean closed;
    private @Nullable IOException failure;

    // Owned by whoever writes: the committer, or the holder of the lock if there is none.
    private ByteBuffer writing = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private long position;

    /// @param fileBytes bytes of the file, a multiple of 4 MiB
    ChannelLog(Path folder, boolean forced, long fileBytes) throws IOException {
        this.fileBytes = fileBytes;
        channel = FileChannel.open(
                folder.resolve("log"),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        for (long at = 0; at < fileBytes; at += BUFFER_BYTES) {
            channel.write(writing.clear(), at);
        }
        writing.clear();
        channel.force(true);
        committer = forced ? Thread.ofPlatform().name("commit").start(this::commit) : null;
    }

    @Override
    public Appender appender() {
        ByteBuffer payload = Payload.direct();
        return new Appender() {
            @Override
            public void append() throws IOException {
                appendAll(payload, 1);
            }

            @Override
            public void appendBatch() throws IOException {
                appendAll(payload, Payload.BATCH_ENTRIES);
            }
        };
    }

    private void appendAll(ByteBuffer payload, int entries) throws IOException {
        lock.lock();
        try {
            while (filling.remaining() < entries * ENTRY_BYTES) {
                committed.await();
            }
            for (int i = 0; i < entries; i++) {
                filling.putInt(Payload.BYTES).put(payload.rewind());
            }
            if (committer == null) {
                write(filling);
                return;
            }
            long group = fillingGroup;
            filled.signal();
            while (committedGroup < group && failure == null) {
                committed.await();
            }
            if (failure != null) {
                throw failure;
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        } finally {
            lock.unlock();
        }
    }

    private void commit() {
        while (swap()) {
            @Nullable IOException trouble = null;
            try {
                write(writing);
                channel.force(false);
            } catch (IOException e) {
                trouble = e;
            }
            lock.lock();
            try {
                committedGroup = fillingGroup - 1;
                failure = trouble;
                committed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /// Waits for entries and takes them.
    ///
    /// @return false once the log is closed
    private boolean swap() {
        lock.lock();
        try {
            while (filling.position() == 0 && !closed) {
                filled.awaitUninterruptibly();
            }
            ByteBuffer taken = filling;
            filling = writing;
            writing = taken;
            fillingGroup++;
            return !closed;
        } finally {
            lock.unlock();
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
        ByteBuffer buffer =
                ByteBuffer.allocateDirect(Payload.BATCH_ENTRIES * ENTRY_BYTES).limit(0);
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
        lock.lock();
        try {
            closed = true;
            filled.signal();
        } finally {
            lock.unlock();
        }
        if (committer != null) {
            try {
                committer.join();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
        channel.close();
    }
}

package io.walrus.storage.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;

/// One open file of a [FileDisk].
///
/// An interrupt of a thread that uses a channel closes it under all its users. Here that is no error of the disk: the
/// file is opened anew, the call repeated, and the thread stays interrupted.
final class ChannelFile implements DiskFile {
    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    private final Path path;
    private final Set<OpenOption> reopenOptions;
    private final boolean forcesTimes;
    private volatile FileChannel channel;
    private boolean closed;

    /// Opens a file.
    ///
    /// @param forcesTimes whether a force includes the file's times and such
    ChannelFile(Path path, Set<? extends OpenOption> options, boolean forcesTimes) throws IOException {
        this.path = path;
        this.channel = FileChannel.open(path, options);
        this.reopenOptions = new HashSet<>(options);
        this.reopenOptions.remove(StandardOpenOption.CREATE);
        this.forcesTimes = forcesTimes;
    }

    @Override
    public void write(long position, ByteBuffer source) throws IOException {
        long base = position - source.position();
        try {
            while (source.hasRemaining()) {
                run((on, bytes, from) -> on.write(bytes, from + bytes.position()), source, base);
            }
        } catch (IOException e) {
            throw FileDisk.translated(path.toString(), e);
        }
    }

    @Override
    public int read(long position, ByteBuffer target) throws IOException {
        int first = target.position();
        long result = 0;
        while (target.hasRemaining() && result >= 0) {
            result = run((on, bytes, from) -> on.read(bytes, from + bytes.position()), target, position - first);
        }
        return target.position() - first;
    }

    /// Reads with one call, which takes less than there is room for only where the file ends.
    int readBlocks(long position, ByteBuffer target) throws IOException {
        return (int) run((on, bytes, from) -> on.read(bytes, from), target, position);
    }

    @Override
    public void force() throws IOException {
        try {
            run(
                    (on, _, times) -> {
                        on.force(times != 0);
                        return 0;
                    },
                    NONE,
                    forcesTimes ? 1 : 0);
        } catch (IOException e) {
            throw FileDisk.translated(path.toString(), e);
        }
    }

    @Override
    public long size() throws IOException {
        return run((on, _, _) -> on.size(), NONE, 0);
    }

    @Override
    public void truncate(long size) throws IOException {
        run(
                (on, _, to) -> {
                    if (on.size() > to) {
                        on.truncate(to);
                    }
                    return 0;
                },
                NONE,
                size);
    }

    /// A use of the channel that may be repeated. Captures nothing, so that none is allocated per call.
    private interface Call {
        long run(FileChannel on, ByteBuffer bytes, long number) throws IOException;
    }

    private long run(Call call, ByteBuffer bytes, long number) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return call.run(channel, bytes, number);
                } catch (ClosedChannelException e) {
                    interrupted |= e instanceof ClosedByInterruptException && Thread.interrupted();
                    reopen(e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Opens the file again, unless another thread has done so.
    private synchronized void reopen(ClosedChannelException cause) throws IOException {
        if (closed) {
            throw cause;
        }
        if (!channel.isOpen()) {
            channel = FileChannel.open(path, reopenOptions);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        channel.close();
    }

    @Override
    public String toString() {
        return path.toString();
    }
}

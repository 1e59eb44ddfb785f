package io.walrus.storage.io;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.locks.StampedLock;
import org.jspecify.annotations.Nullable;

/// One open file of a [UringDisk]. An interrupt of a thread that uses it changes nothing.
final class UringFile implements DiskFile {
    private static final int MAX_COPIED_BYTES = 1 << 20;

    private final String path;
    private final int file;
    private final UringPool rings;
    /// Held for reading while the file is used, so that its descriptor is not another file's by then.
    private final StampedLock use = new StampedLock();

    private volatile boolean closed;

    // The journal writes from the same few buffers over and over; asking one for its address takes memory. Used by the
    // one thread that writes.
    private @Nullable ByteBuffer lastWritten;
    private long lastAddress;

    private UringFile(String path, int file, UringPool rings) {
        this.path = path;
        this.file = file;
        this.rings = rings;
    }

    static UringFile openForReading(String path, UringPool rings) throws IOException {
        return new UringFile(path, opened(path, LibC.open(path, LibC.O_RDONLY | LibC.O_CLOEXEC)), rings);
    }

    /// Opens a file whose writes are durable when they return, past the page cache where the file system allows it.
    static UringFile openForced(String path, UringPool rings) throws IOException {
        int flags = LibC.O_RDWR | LibC.O_CREAT | LibC.O_CLOEXEC;
        int file = LibC.open(path, flags | UringDisk.direct());
        if (file == -LibC.EINVAL) {
            file = LibC.open(path, flags);
        }
        return new UringFile(path, opened(path, file), rings);
    }

    private static int opened(String path, int file) throws IOException {
        return switch (file) {
            case -LibC.ENOENT -> throw new NoSuchFileException(path);
            case -LibC.EACCES -> throw new AccessDeniedException(path);
            default -> {
                if (file < 0) {
                    throw FileDisk.translated(path, new FileSystemException(path, null, LibC.message(-file)));
                }
                yield file;
            }
        };
    }

    @Override
    public void write(long position, ByteBuffer source) throws IOException {
        if (source.isDirect()) {
            transfer(Uring.WRITE, position, source, addressOfWritten(source), Uring.DSYNC);
            return;
        }
        long at = position;
        ByteBuffer copy = copyOf(source.remaining());
        long address = addressOf(copy);
        while (source.hasRemaining()) {
            int length = Math.min(source.remaining(), copy.clear().remaining());
            copy.put(0, source, source.position(), length).limit(length);
            transfer(Uring.WRITE, at, copy, address, Uring.DSYNC);
            source.position(source.position() + length);
            at += length;
        }
    }

    @Override
    public int read(long position, ByteBuffer target) throws IOException {
        if (target.isDirect()) {
            return transfer(Uring.READ, position, target, addressOf(target), 0);
        }
        int first = target.position();
        ByteBuffer copy = copyOf(target.remaining());
        long address = addressOf(copy);
        boolean ended = false;
        while (target.hasRemaining() && !ended) {
            copy.clear().limit(Math.min(target.remaining(), copy.capacity()));
            ended = transfer(Uring.READ, position + target.position() - first, copy, address, 0) < copy.limit();
            target.put(copy.flip());
        }
        return target.position() - first;
    }

    /// Memory that the kernel can be given in place of a heap's.
    private static ByteBuffer copyOf(int length) {
        return Disk.alignedBuffer(Math.toIntExact(Disk.blockUp(Math.min(length, MAX_COPIED_BYTES))));
    }

    @SuppressWarnings("ReferenceEquality") // That very buffer, not one with the same bytes.
    private long addressOfWritten(ByteBuffer source) {
        if (source != lastWritten) {
            lastAddress = addressOf(source);
            lastWritten = source;
        }
        return lastAddress;
    }

    /// The address of a direct buffer's index 0.
    private static long addressOf(ByteBuffer buffer) {
        return MemorySegment.ofBuffer(buffer).address() - buffer.position();
    }

    /// Goes on until all is done, or the file has ended.
    ///
    /// @param address of the buffer's index 0
    /// @return the bytes done
    private int transfer(byte operation, long position, ByteBuffer buffer, long address, int flags) throws IOException {
        int first = buffer.position();
        long stamp = lock();
        try {
            int done = 0;
            int result = 1;
            while (buffer.hasRemaining() && result > 0) {
                result = rings.run(operation, file, position + done, address + first + done, buffer.remaining(), flags);
                if (result < 0) {
                    throw failed(result);
                }
                done += result;
                buffer.position(first + done);
            }
            if (operation == Uring.WRITE && buffer.hasRemaining()) {
                throw new IOException("Nothing was written to " + path + ".");
            }
            return done;
        } finally {
            use.unlockRead(stamp);
            Reference.reachabilityFence(buffer);
        }
    }

    @Override
    public void force() throws IOException {
        long stamp = lock();
        try {
            check(LibC.force(file));
        } finally {
            use.unlockRead(stamp);
        }
    }

    @Override
    public long size() throws IOException {
        long stamp = lock();
        try {
            return check(LibC.size(file));
        } finally {
            use.unlockRead(stamp);
        }
    }

    @Override
    public void truncate(long size) throws IOException {
        if (size() <= size) {
            return;
        }
        long stamp = lock();
        try {
            check(LibC.truncate(file, size));
        } finally {
            use.unlockRead(stamp);
        }
    }

    private long lock() throws IOException {
        long stamp = use.readLock();
        if (closed) {
            use.unlockRead(stamp);
            throw new ClosedChannelException();
        }
        return stamp;
    }

    private long check(long result) throws IOException {
        if (result < 0) {
            throw failed(result);
        }
        return result;
    }

    private IOException failed(long result) {
        return FileDisk.translated(path, new IOException(path + ": " + LibC.message((int) -result)));
    }

    @Override
    public void close() throws IOException {
        long stamp = use.writeLock();
        try {
            if (!closed) {
                closed = true;
                // What was written is durable or has failed: whatever is said now comes too late.
                LibC.close(file);
            }
        } finally {
            use.unlockWrite(stamp);
        }
    }

    @Override
    public String toString() {
        return path;
    }
}

package io.walrus.node.store;

import io.walrus.node.peer.ReadKind;
import io.walrus.node.port.BackgroundReads;
import io.walrus.node.port.NodeLock;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.engine.ReadBuffer;
import io.walrus.storage.engine.ReadPlace;
import io.walrus.storage.engine.StreamCheck;
import io.walrus.storage.error.StorageException;
import io.walrus.storage.error.StorageException.Category;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Reads blocks of streams: from memory at once, from the disk in the background. The one place for the pool of
/// buffers, the way to the background and back under the node's lock, and the fate of a read that fails.
///
/// A buffer is taken when its read runs, not when the read is asked for, and given back when its target has returned:
/// there are as many as reads that run, however many reads wait and however much of what was read is kept.
///
/// Guarded by the node's lock but for the reads of the disk.
public final class BlockReads {
    /// Bytes a block holds at most, or one entry if that is longer.
    public static final int BLOCK_BYTES = 256 << 10;

    /// Takes what was read, with the node's lock held.
    public interface Target {
        /// The read has ended. Called once, whatever it ended with.
        ///
        /// @param read what was found, whose memory is used again once this returns: what is to stay is copied
        /// @param failure why nothing was read, or null if the read went well
        void ended(ReadBuffer read, @Nullable IOException failure);
    }

    private final LogEngine engine;
    private final BackgroundReads background;
    private final NodeLock lock;
    /// Shared by the node and the threads that read.
    private final Queue<ReadBuffer> spare = new ConcurrentLinkedQueue<>();
    private final AtomicLong spareBytes = new AtomicLong();
    private final long maxSpareBytes;
    private final ReadBuffer nothing = new ReadBuffer(1);

    /// @param maxSpareBytes memory outside the heap that is kept for later reads: a buffer grows with a large entry
    public BlockReads(LogEngine engine, BackgroundReads background, NodeLock lock, long maxSpareBytes) {
        this.engine = engine;
        this.background = background;
        this.lock = lock;
        this.maxSpareBytes = maxSpareBytes;
    }

    /// Takes what a check of the disk came to, with the node's lock held.
    public interface CheckTarget {
        /// The check has ended. Called once, whatever it ended with.
        ///
        /// @param bytes that were looked at, 0 at the end of the stream
        /// @param failure what is wrong, or null if all is well
        void ended(long bytes, @Nullable IOException failure);
    }

    /// Looks at what the disk has of a stream, in the background.
    ///
    /// @param bytes how much at most, or one record if that is longer
    public void check(StreamCheck check, int bytes, CheckTarget target) {
        background.submit(() -> {
            try {
                long done = check.next(bytes);
                lock.run(() -> target.ended(done, null));
            } catch (IOException e) {
                lock.run(() -> target.ended(0, e));
            } catch (RuntimeException | Error e) {
                lock.run(() -> target.ended(0, brokenOff(e)));
                throw e;
            }
        });
    }

    /// Reads from `from` on. The target is told before this returns if all of it is in memory, else later.
    ///
    /// @param bytes how much at most, up to [#BLOCK_BYTES], or one entry if that is longer
    public void read(ReadKind kind, LogStream stream, long from, int bytes, Target target) {
        ReadBuffer block = take(bytes);
        IOException failure = null;
        boolean isInMemory = true;
        try {
            isInMemory = readFromMemory(kind, stream, from, block);
        } catch (StorageException e) {
            failure = e;
        }
        if (isInMemory) {
            target.ended(block, failure);
        }
        release(block);
        if (!isInMemory) {
            readFromDisk(kind, stream, from, bytes, target);
        }
    }

    /// Reads from `from` on, in the background.
    ///
    /// @param bytes how much at most, up to [#BLOCK_BYTES], or one entry if that is longer
    public void readFromDisk(ReadKind kind, LogStream stream, long from, int bytes, Target target) {
        readFromDisk(kind, stream, from, bytes, null, target);
    }

    /// The same.
    ///
    /// @param place where a read of what lies before `from` stopped, or null if that is not known
    void readFromDisk(ReadKind kind, LogStream stream, long from, int bytes, @Nullable ReadPlace place, Target target) {
        background.submit(() -> {
            ReadBuffer block;
            IOException failure;
            try {
                block = take(bytes);
                block.goOnAt(place);
                failure = failure(kind, stream, from, block);
            } catch (RuntimeException | Error e) {
                // Those who wait for the read would wait for ever, and all that come behind them.
                lock.run(() -> target.ended(nothing, brokenOff(e)));
                throw e;
            }
            lock.run(() -> target.ended(block, failure));
            release(block);
        });
    }

    private @Nullable IOException failure(ReadKind kind, LogStream stream, long from, ReadBuffer block) {
        try {
            switch (kind) {
                case ENTRIES -> engine.readFromDisk(stream, from, block);
                case RECORDS -> engine.readRecords(stream, from, block);
            }
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    /// Says nothing about what is stored.
    private static StorageException brokenOff(Throwable cause) {
        return new StorageException(Category.NO_ROOM, "a read was broken off by an internal error", cause);
    }

    private void release(ReadBuffer block) {
        background.givenBack(block);
        long bytes = block.memoryBytes();
        if (spareBytes.addAndGet(bytes) <= maxSpareBytes) {
            spare.add(block);
        } else {
            spareBytes.addAndGet(-bytes);
        }
    }

    private boolean readFromMemory(ReadKind kind, LogStream stream, long from, ReadBuffer block)
            throws StorageException {
        return switch (kind) {
            case ENTRIES -> engine.read(stream, from, block);
            case RECORDS -> engine.readRecordsInMemory(stream, from, block);
        };
    }

    private ReadBuffer take(int bytes) {
        ReadBuffer block = spare.poll();
        if (block == null) {
            block = new ReadBuffer(BLOCK_BYTES);
        } else {
            spareBytes.addAndGet(-block.memoryBytes());
        }
        block.bound(bytes);
        return block;
    }
}

package io.walrus.node.store;

import io.walrus.node.peer.ReadKind;
import io.walrus.node.port.BackgroundReads;
import io.walrus.node.port.NodeLock;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.engine.ReadBuffer;
import io.walrus.storage.error.StorageException;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// Reads blocks of streams: from memory at once, from the disk in the background. The one place for the pool of
/// buffers, the way to the background and back under the node's lock, and the fate of a read that fails.
///
/// A buffer is taken when its read runs, not when the read is asked for: there are as many as reads that run and
/// blocks that are kept, however many reads wait.
///
/// Guarded by the node's lock but for the reads of the disk.
public final class BlockReads {
    /// Bytes a block holds, or one entry if that is longer.
    public static final int BLOCK_BYTES = 256 << 10;

    /// Takes what was read, with the node's lock held.
    public interface Target {
        /// The read has ended.
        ///
        /// @param read what was found; the target's own until it gives it back by [BlockReads#release]
        /// @param failure why nothing was read, or null if the read went well
        void ended(ReadBuffer read, @Nullable IOException failure);
    }

    private final LogEngine engine;
    private final BackgroundReads background;
    private final NodeLock lock;
    /// Shared by the node and the threads that read.
    private final Queue<ReadBuffer> spare = new ConcurrentLinkedQueue<>();

    public BlockReads(LogEngine engine, BackgroundReads background, NodeLock lock) {
        this.engine = engine;
        this.background = background;
        this.lock = lock;
    }

    /// Reads from `from` on. The target is told before this returns if all of it is in memory, else later.
    public void read(ReadKind kind, LogStream stream, long from, Target target) {
        ReadBuffer block = take();
        IOException failure = null;
        try {
            if (!readFromMemory(kind, stream, from, block)) {
                release(block);
                readFromDisk(kind, stream, from, target);
                return;
            }
        } catch (StorageException e) {
            failure = e;
        }
        target.ended(block, failure);
    }

    /// Reads from `from` on, in the background.
    public void readFromDisk(ReadKind kind, LogStream stream, long from, Target target) {
        background.submit(() -> {
            ReadBuffer block = take();
            IOException failure = failure(kind, stream, from, block);
            lock.run(() -> target.ended(block, failure));
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

    /// Gives back a block that nobody looks at any more.
    public void release(ReadBuffer block) {
        spare.add(block);
    }

    private boolean readFromMemory(ReadKind kind, LogStream stream, long from, ReadBuffer block)
            throws StorageException {
        return switch (kind) {
            case ENTRIES -> engine.read(stream, from, block);
            case RECORDS -> engine.readRecordsInMemory(stream, from, block);
        };
    }

    private ReadBuffer take() {
        ReadBuffer block = spare.poll();
        return block == null ? new ReadBuffer(BLOCK_BYTES) : block;
    }
}

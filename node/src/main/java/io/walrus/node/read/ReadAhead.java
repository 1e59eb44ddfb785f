package io.walrus.node.read;

import io.walrus.node.port.BackgroundReads;
import io.walrus.node.port.NodeLock;
import io.walrus.storage.LogEngine;
import io.walrus.storage.LogStream;
import io.walrus.storage.ReadBuffer;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Blocks of entries read from the disk, a bounded number of them, the latest used first. A block is a good deal larger
/// than an entry, so that a reader who goes through a segment in order waits for the disk once in a block.
///
/// Guarded by the node's lock but for the reads themselves, which run in the background.
public final class ReadAhead {
    private static final int BLOCK_BYTES = 256 << 10;
    private static final int MAX_BLOCKS = 64;

    /// Told, with the node's lock held, that a read has ended.
    public interface Waiter {
        /// The block may have been read, or not: look again.
        ///
        /// @param failure why it could not be read, or null
        void readEnded(@Nullable IOException failure);
    }

    private static final class Block {
        private final LogStream stream;
        private final ReadBuffer entries;

        Block(LogStream stream, ReadBuffer entries) {
            this.stream = stream;
            this.entries = entries;
        }

        boolean has(LogStream wanted, long offset) {
            return stream == wanted
                    && !entries.isEmpty()
                    && entries.offset(0) <= offset
                    && offset < entries.nextOffset();
        }
    }

    private final LogEngine engine;
    private final BackgroundReads background;
    private final NodeLock lock;
    private final Deque<Block> blocks = new ArrayDeque<>();
    private final Map<LogStream, List<Waiter>> underWay = new HashMap<>();

    public ReadAhead(LogEngine engine, BackgroundReads background, NodeLock lock) {
        this.engine = engine;
        this.background = background;
        this.lock = lock;
    }

    /// The block that holds the entry, or null.
    @Nullable
    ReadBuffer find(LogStream stream, long offset) {
        Block first = blocks.peekFirst();
        if (first != null && first.has(stream, offset)) {
            return first.entries;
        }
        for (Block block : blocks) {
            if (block.has(stream, offset)) {
                blocks.remove(block);
                blocks.addFirst(block);
                return block.entries;
            }
        }
        return null;
    }

    /// Reads the entries from `offset` on in the background. Of one segment a single read is under way at a time.
    public void request(LogStream stream, long offset, Waiter waiter) {
        List<Waiter> waiting = underWay.get(stream);
        if (waiting != null) {
            waiting.add(waiter);
            return;
        }
        List<Waiter> first = new ArrayList<>();
        first.add(waiter);
        underWay.put(stream, first);
        ReadBuffer target = blocks.size() < MAX_BLOCKS ? new ReadBuffer(BLOCK_BYTES) : blocks.removeLast().entries;
        background.submit(() -> read(stream, offset, target));
    }

    private void read(LogStream stream, long offset, ReadBuffer target) {
        IOException failure = null;
        try {
            engine.readFromDisk(stream, offset, target);
        } catch (IOException e) {
            failure = e;
        }
        lock.enter();
        try {
            if (failure == null) {
                blocks.addFirst(new Block(stream, target));
            }
            List<Waiter> waiting = underWay.remove(stream);
            if (waiting != null) {
                for (Waiter waiter : waiting) {
                    waiter.readEnded(failure);
                }
            }
        } finally {
            lock.exit();
        }
    }

    /// Forgets what was read of a stream that is going away.
    public void forget(LogStream stream) {
        blocks.removeIf(block -> block.stream == stream);
    }
}

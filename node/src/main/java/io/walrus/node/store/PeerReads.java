package io.walrus.node.store;

import io.walrus.node.peer.EntryBlock;
import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.ReplyTo;
import io.walrus.node.port.BackgroundReads;
import io.walrus.node.port.NodeLock;
import io.walrus.node.topic.Refusals;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.ReadBuffer;
import io.walrus.storage.error.StorageException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// Answers other nodes' reads of what is stored here. Guarded by the node's lock but for the reads of the disk.
public final class PeerReads {
    private final LogEngine engine;
    private final BackgroundReads background;
    private final DamagedCopies damaged;
    private final NodeLock lock;
    private final Deque<ReadBuffer> spare = new ArrayDeque<>();

    public PeerReads(LogEngine engine, BackgroundReads background, DamagedCopies damaged, NodeLock lock) {
        this.engine = engine;
        this.background = background;
        this.damaged = damaged;
        this.lock = lock;
    }

    /// Answers with the committed entries from `offset` on, now or once they have been read from the disk.
    ///
    /// @param copy the segment, or null if it can't be read here
    public void read(ReplyTo from, PeerMessage.Read read, Segments.@Nullable Committed copy) {
        if (copy == null) {
            from.answer(new PeerMessage.Stale(read.id()));
            return;
        }
        ReadBuffer target = spare.isEmpty() ? new ReadBuffer(ReadAhead.BLOCK_BYTES) : spare.remove();
        try {
            if (engine.read(copy.stream(), read.offset(), target)) {
                answer(from, read, target, copy.entries());
            } else {
                background.submit(() -> readFromDisk(from, read, copy, target));
            }
        } catch (StorageException e) {
            refuse(from, read, copy, target, e);
        }
    }

    private void readFromDisk(ReplyTo from, PeerMessage.Read read, Segments.Committed copy, ReadBuffer target) {
        IOException failure = null;
        try {
            engine.readFromDisk(copy.stream(), read.offset(), target);
        } catch (IOException e) {
            failure = e;
        }
        lock.enter();
        try {
            if (failure == null) {
                answer(from, read, target, copy.entries());
            } else {
                refuse(from, read, copy, target, failure);
            }
        } finally {
            lock.exit();
        }
    }

    private void answer(ReplyTo from, PeerMessage.Read read, ReadBuffer target, long limit) {
        from.answer(new PeerMessage.Block(read.id(), EntryBlock.of(read.offset(), target, limit)));
        spare.add(target);
    }

    /// Others are asked by whoever wants to know.
    private void refuse(
            ReplyTo from, PeerMessage.Read read, Segments.Committed copy, ReadBuffer target, IOException failure) {
        boolean _ = damaged.failed(copy.stream(), failure);
        from.answer(
                Refusals.isGone(failure)
                        ? new PeerMessage.Stale(read.id())
                        : new PeerMessage.Failed(read.id(), Refusals.text(failure)));
        spare.add(target);
    }
}

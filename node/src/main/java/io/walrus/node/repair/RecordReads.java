package io.walrus.node.repair;

import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.PeerMessage.ReadRecords;
import io.walrus.node.peer.RecordBlock;
import io.walrus.node.peer.ReplyTo;
import io.walrus.node.port.BackgroundReads;
import io.walrus.node.port.NodeLock;
import io.walrus.node.store.DamagedCopies;
import io.walrus.node.store.Segments;
import io.walrus.node.topic.Refusals;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.engine.ReadBuffer;
import io.walrus.storage.error.StorageException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Answers other nodes that want records of this node's copies. Only what is durable here is given away. Guarded by the
/// node's lock but for the reads of the disk.
public final class RecordReads {
    private static final int BLOCK_BYTES = 256 << 10;

    private final LogEngine engine;
    private final Segments segments;
    private final BackgroundReads background;
    private final DamagedCopies damaged;
    private final NodeLock lock;
    private final Deque<ReadBuffer> spare = new ArrayDeque<>();

    public RecordReads(
            LogEngine engine, Segments segments, BackgroundReads background, DamagedCopies damaged, NodeLock lock) {
        this.engine = engine;
        this.segments = segments;
        this.background = background;
        this.damaged = damaged;
        this.lock = lock;
    }

    /// Answers with records, now or once they have been read from the disk; or that there are none.
    public void read(ReplyTo from, ReadRecords read) {
        LogStream copy = copy(read);
        if (copy == null) {
            from.answer(new PeerMessage.Stale(read.id()));
            return;
        }
        ReadBuffer target = target();
        try {
            if (engine.readRecordsInMemory(copy, read.from(), target)) {
                from.answer(answer(read, copy, target, null));
            } else {
                background.submit(() -> readFromDisk(from::answer, read, copy, target));
            }
        } catch (StorageException e) {
            from.answer(answer(read, copy, target, e));
        }
    }

    /// Reads records for this node itself.
    ///
    /// @param answer is told of them later, with the lock held
    /// @return false if there are none
    boolean readHere(ReadRecords read, Consumer<PeerMessage.Answer> answer) {
        LogStream copy = copy(read);
        if (copy == null) {
            return false;
        }
        ReadBuffer target = target();
        background.submit(() -> readFromDisk(answer, read, copy, target));
        return true;
    }

    private @Nullable LogStream copy(ReadRecords read) {
        LogStream copy = segments.find(read.segment().topicId(), read.segment().segment());
        return copy == null || copy.committedRecords() <= read.from() ? null : copy;
    }

    private ReadBuffer target() {
        return spare.isEmpty() ? new ReadBuffer(BLOCK_BYTES) : spare.remove();
    }

    private void readFromDisk(
            Consumer<PeerMessage.Answer> answer, ReadRecords read, LogStream copy, ReadBuffer target) {
        IOException failure = null;
        try {
            engine.readRecords(copy, read.from(), target);
        } catch (IOException e) {
            failure = e;
        }
        lock.enter();
        try {
            answer.accept(answer(read, copy, target, failure));
        } finally {
            lock.exit();
        }
    }

    private PeerMessage.Answer answer(
            ReadRecords read, LogStream copy, ReadBuffer found, @Nullable IOException failure) {
        spare.add(found);
        if (failure != null) {
            boolean _ = damaged.failed(copy, failure);
            return new PeerMessage.Failed(read.id(), Refusals.text(failure));
        }
        return found.isEmpty() || read.upTo() <= read.from()
                ? new PeerMessage.Stale(read.id())
                : new PeerMessage.Records(read.id(), RecordBlock.of(read.from(), found, read.upTo()));
    }
}

package io.walrus.node.repair;

import io.walrus.node.peer.Asker;
import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.PeerMessage.ReadRecords;
import io.walrus.node.peer.RecordBlock;
import io.walrus.node.port.BackgroundReads;
import io.walrus.node.port.NodeLock;
import io.walrus.node.route.Refusals;
import io.walrus.node.route.Segments;
import io.walrus.storage.LogEngine;
import io.walrus.storage.LogStream;
import io.walrus.storage.ReadBuffer;
import io.walrus.storage.StorageException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// Answers other nodes that want records of this node's copies. Only what is durable here is given away. Guarded by the
/// node's lock but for the reads of the disk.
public final class RecordReads {
    private static final int BLOCK_BYTES = 256 << 10;

    private final LogEngine engine;
    private final Segments segments;
    private final BackgroundReads background;
    private final NodeLock lock;
    private final Deque<ReadBuffer> spare = new ArrayDeque<>();

    public RecordReads(LogEngine engine, Segments segments, BackgroundReads background, NodeLock lock) {
        this.engine = engine;
        this.segments = segments;
        this.background = background;
        this.lock = lock;
    }

    /// Answers with records, now or once they have been read from the disk; or that there are none.
    public void read(Asker from, ReadRecords read) {
        LogStream copy = segments.find(read.segment().topicId(), read.segment().segment());
        if (copy == null || copy.committedRecords() <= read.from()) {
            from.answer(new PeerMessage.Stale(read.id()));
            return;
        }
        ReadBuffer target = spare.isEmpty() ? new ReadBuffer(BLOCK_BYTES) : spare.remove();
        try {
            if (engine.readRecordsInMemory(copy, read.from(), target)) {
                answer(from, read, target, null);
            } else {
                background.submit(() -> readFromDisk(from, read, copy, target));
            }
        } catch (StorageException e) {
            answer(from, read, target, e);
        }
    }

    private void readFromDisk(Asker from, ReadRecords read, LogStream copy, ReadBuffer target) {
        IOException failure = null;
        try {
            engine.readRecords(copy, read.from(), target);
        } catch (IOException e) {
            failure = e;
        }
        lock.enter();
        try {
            answer(from, read, target, failure);
        } finally {
            lock.exit();
        }
    }

    private void answer(Asker from, ReadRecords read, ReadBuffer found, @Nullable IOException failure) {
        if (failure != null) {
            from.answer(new PeerMessage.Failed(read.id(), Refusals.text(failure)));
        } else if (found.isEmpty() || read.upTo() <= read.from()) {
            from.answer(new PeerMessage.Stale(read.id()));
        } else {
            from.answer(new PeerMessage.Records(read.id(), RecordBlock.of(read.from(), found, read.upTo())));
        }
        spare.add(found);
    }
}

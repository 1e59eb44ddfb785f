package io.walrus.node.store;

import io.walrus.node.peer.RecordBlock;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.engine.ReadBuffer;
import io.walrus.storage.error.StorageException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Finds single entries without ever waiting for the disk or another node. Guarded by the node's lock.
public final class Entries {
    /// Answer of [#find] where the entry has to be read first.
    public static final int NOT_FOUND = -1;

    private static final int FROM_MEMORY_BYTES = 64 << 10;

    private final LogEngine engine;
    private final ReadAhead readAhead;
    private final ReadBuffer recent = new ReadBuffer(FROM_MEMORY_BYTES);
    private @Nullable LogStream recentStream;
    private @Nullable RecordBlock foundIn;
    private long foundOffset;

    public Entries(LogEngine engine, ReadAhead readAhead) {
        this.engine = engine;
        this.readAhead = readAhead;
    }

    /// Looks for the committed entry at `offset`.
    ///
    /// @return its length, or [#NOT_FOUND] if it has to be read first, by [#request]
    public int find(Source source, long offset) throws StorageException {
        foundIn = null;
        foundOffset = offset;
        if (source instanceof Source.Stored(LogStream stream) && isRecent(stream, offset)) {
            return recentLength(offset);
        }
        RecordBlock read = readAhead.find(source, offset);
        if (read != null) {
            foundIn = read;
            return read.lengthOf(offset);
        }
        return source instanceof Source.Stored(LogStream stream) && readRecent(stream, offset)
                ? recentLength(offset)
                : NOT_FOUND;
    }

    /// A copy of the entry that was found last.
    public ByteBuffer copy() {
        RecordBlock block = foundIn;
        foundIn = null;
        if (block != null) {
            return block.copy(foundOffset);
        }
        int index = recentIndex(foundOffset);
        ByteBuffer entry = ByteBuffer.allocate(recent.length(index));
        recent.copyTo(index, entry);
        return entry.flip();
    }

    private int recentLength(long offset) {
        return recent.length(recentIndex(offset));
    }

    private int recentIndex(long offset) {
        return (int) (offset - recent.offset(0));
    }

    /// Has the entries from `offset` on read, after which [#find] is asked again.
    ///
    /// @param sinceNs when they were asked for: after a while other nodes are no longer asked
    public void request(Source source, long offset, long sinceNs, ReadAhead.Waiter waiter) {
        readAhead.request(source, offset, sinceNs, waiter);
    }

    private boolean isRecent(LogStream stream, long offset) {
        return recentStream == stream
                && !recent.isEmpty()
                && recent.offset(0) <= offset
                && offset < recent.nextOffset();
    }

    private boolean readRecent(LogStream stream, long offset) throws StorageException {
        recentStream = null;
        if (!engine.read(stream, offset, recent) || recent.isEmpty()) {
            return false;
        }
        recentStream = stream;
        return true;
    }

    /// Forgets what is held of a stream that is going away.
    public void forget(LogStream stream) {
        if (recentStream == stream) {
            recentStream = null;
        }
        readAhead.forget(stream);
    }
}

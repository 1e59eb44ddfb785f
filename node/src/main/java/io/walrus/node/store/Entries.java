package io.walrus.node.store;

import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.engine.ReadBuffer;
import io.walrus.storage.error.StorageException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Finds single entries without ever waiting for the disk or another node. Guarded by the node's lock.
public final class Entries {
    private static final int FROM_MEMORY_BYTES = 64 << 10;

    private final LogEngine engine;
    private final ReadAhead readAhead;
    private final ReadBuffer recent = new ReadBuffer(FROM_MEMORY_BYTES);
    private @Nullable LogStream recentStream;

    public Entries(LogEngine engine, ReadAhead readAhead) {
        this.engine = engine;
        this.readAhead = readAhead;
    }

    /// A copy of the committed entry at `offset`, or null if it has to be read first, by [#request].
    public @Nullable ByteBuffer find(Source source, long offset) throws StorageException {
        if (source instanceof Source.Stored(LogStream stream) && isRecent(stream, offset)) {
            return copy(offset);
        }
        ByteBuffer read = readAhead.find(source, offset);
        if (read != null) {
            return read;
        }
        return source instanceof Source.Stored(LogStream stream) && readRecent(stream, offset) ? copy(offset) : null;
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

    private ByteBuffer copy(long offset) {
        return copy(recent, offset);
    }

    static ByteBuffer copy(ReadBuffer buffer, long offset) {
        int index = (int) (offset - buffer.offset(0));
        ByteBuffer entry = ByteBuffer.allocate(buffer.length(index));
        buffer.copyTo(index, entry);
        return entry.flip();
    }
}

package io.walrus.node.read;

import io.walrus.storage.LogEngine;
import io.walrus.storage.LogStream;
import io.walrus.storage.ReadBuffer;
import io.walrus.storage.StorageException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Finds single entries without ever waiting for the disk. Guarded by the node's lock.
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

    /// A copy of the committed entry at `offset`, which must be one the stream has, or null if it has to be read from
    /// the disk first, by [ReadAhead#request].
    public @Nullable ByteBuffer find(LogStream stream, long offset) throws StorageException {
        if (recentStream == stream && !recent.isEmpty() && recent.offset(0) <= offset && offset < recent.nextOffset()) {
            return copy(recent, offset);
        }
        ReadBuffer block = readAhead.find(stream, offset);
        if (block != null) {
            return copy(block, offset);
        }
        recentStream = null;
        if (!engine.read(stream, offset, recent) || recent.isEmpty()) {
            return null;
        }
        recentStream = stream;
        return copy(recent, offset);
    }

    /// Forgets what is held of a stream that is going away.
    public void forget(LogStream stream) {
        if (recentStream == stream) {
            recentStream = null;
        }
        readAhead.forget(stream);
    }

    private static ByteBuffer copy(ReadBuffer buffer, long offset) {
        int index = (int) (offset - buffer.offset(0));
        ByteBuffer entry = ByteBuffer.allocate(buffer.length(index));
        buffer.copyTo(index, entry);
        return entry.flip();
    }
}

package io.walrus.storage.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/// An open file of a [Disk]. Positional reads are safe from many threads; writes to one file come from one thread at a
/// time.
public interface DiskFile extends Closeable {
    /// Writes all remaining bytes of `source` at `position`, extending the file if needed.
    ///
    /// After a failure the range may hold any mix of old and new bytes.
    void write(long position, ByteBuffer source) throws IOException;

    /// Reads until `target` is full or the file ends.
    ///
    /// @return the bytes read, 0 at or past the end of the file
    int read(long position, ByteBuffer target) throws IOException;

    /// Makes all bytes written so far, and the size, durable. Never retried by the engine: after a failure the state
    /// of the unforced bytes is unknown for good.
    void force() throws IOException;

    /// The size in bytes.
    long size() throws IOException;

    /// Cuts the file to `size` bytes if it is longer.
    void truncate(long size) throws IOException;

    /// How many file descriptors it takes at the moment.
    default int descriptors() {
        return 1;
    }

    @Override
    void close() throws IOException;
}

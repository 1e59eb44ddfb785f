package io.walrus.benchmarks.engine;

import java.io.Closeable;
import java.io.IOException;

/// A log of equal entries in a folder of its own.
interface StoredLog extends Closeable {
    /// One writer. Owned by one thread.
    interface Appender extends Closeable {
        /// Returns once the entry is as safe as this log was opened for.
        void append() throws IOException;

        /// Appends [EnginePayload#BATCH_ENTRIES] entries in the cheapest way there is, and returns once all of them are
        // safe.
        void appendBatch() throws IOException;

        @Override
        default void close() {}
    }

    /// Reads the entries in order. Owned by one thread.
    interface Reader extends Closeable {
        /// Copies the next entry into `target`, which has room for it.
        ///
        /// @return whether there was one
        boolean next(byte[] target) throws IOException;

        @Override
        default void close() {}
    }

    Appender appender() throws IOException;

    /// A reader that stands at the first entry.
    Reader reader() throws IOException;

    /// Writes what is still held in memory, so that what is measured next doesn't pay for what was before.
    default void settle() throws IOException {}
}

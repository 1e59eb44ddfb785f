package io.walrus.benchmarks.engine;

import java.io.Closeable;

/// A log of equal entries in a folder of its own.
interface StoredLog extends Closeable {
    /// One writer. Owned by one thread.
    interface Appender extends AutoCloseable {
        /// Appends entries in the cheapest way there is, and returns once all of them are as safe as this log was
        /// opened for.
        ///
        /// @param entries 1 or [EnginePayload#BATCH_ENTRIES]
        void append(int entries) throws Exception;

        @Override
        default void close() {}
    }

    /// Reads the entries in order. Owned by one thread.
    interface Reader extends AutoCloseable {
        /// Copies the next entry into `target`, which has room for it.
        ///
        /// @return whether there was one
        boolean next(byte[] target) throws Exception;

        @Override
        default void close() {}
    }

    Appender appender();

    /// A reader that stands at the first entry.
    Reader reader();

    /// Appends at least so many entries.
    default void fill(int entries) throws Exception {
        try (Appender appender = appender()) {
            for (int i = 0; i < entries; i += EnginePayload.BATCH_ENTRIES) {
                appender.append(EnginePayload.BATCH_ENTRIES);
            }
        }
    }

    /// Writes what is still held in memory, so that what is measured next doesn't pay for what was before.
    default void settle() throws Exception {}
}

package io.walrus.benchmarks.engine;

import java.io.Closeable;
import java.util.Random;

/// A log of equal entries in a folder of its own.
interface StoredLog extends Closeable {
    int ENTRY_BYTES = 1024;
    int BATCH_ENTRIES = 100;

    /// The entry that all logs are given: bytes that don't compress.
    static byte[] entry() {
        byte[] bytes = new byte[ENTRY_BYTES];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    /// One writer. Owned by one thread.
    interface Appender extends AutoCloseable {
        /// Appends entries in the cheapest way there is, and returns once all of them are as safe as this log was
        /// opened for.
        ///
        /// @param entries 1 or [#BATCH_ENTRIES]
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
            for (int i = 0; i < entries; i += BATCH_ENTRIES) {
                appender.append(BATCH_ENTRIES);
            }
        }
    }

    /// Writes what is still held in memory, so that what is measured next doesn't pay for what was before.
    default void settle() throws Exception {}
}

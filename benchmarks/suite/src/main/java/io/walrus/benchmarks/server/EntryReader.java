package io.walrus.benchmarks.server;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// Reads one topic from its start, each entry once.
///
/// @param poll hands out what is there, or waits for a moment
/// @param rewind goes back to the start
/// @param end closes it
record EntryReader(Poll poll, Action rewind, Runnable end) implements AutoCloseable {
    /// What the sink gets is its own only until it returns.
    @FunctionalInterface
    interface Poll {
        void to(Consumer<ByteBuffer> sink) throws Exception;
    }

    @FunctionalInterface
    interface Action {
        void run() throws Exception;
    }

    @Override
    public void close() {
        end.run();
    }
}

package io.walrus.benchmarks.compare;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// Reads one topic from its start, each entry once.
interface EntryReader extends AutoCloseable {
    /// Hands out what is there, or waits for a moment. What the sink gets is its own only until it returns.
    void poll(Consumer<ByteBuffer> sink) throws IOException, InterruptedException;

    @Override
    void close();
}

package io.walrus.benchmarks.server;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// Reads one topic from its start, each entry once.
public interface EntryReader extends AutoCloseable {
    /// Hands out what is there, or waits for a moment. What the sink gets is its own only until it returns.
    void poll(Consumer<ByteBuffer> sink) throws Exception;

    /// Goes back to the start.
    void rewind() throws Exception;

    @Override
    void close();
}

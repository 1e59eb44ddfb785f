package io.walrus.benchmarks.compare;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/// A connection that appends.
interface Writer extends AutoCloseable {
    /// Done when the entry is acknowledged, and exceptionally when it is not. What hangs on it runs on a thread of the
    /// client.
    CompletableFuture<?> put(String topic, byte[] payload) throws IOException;

    @Override
    void close();
}

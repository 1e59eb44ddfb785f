package io.walrus.benchmarks.server;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/// A connection that appends.
public interface EntryWriter extends AutoCloseable {
    /// Learns what has to be known before entries can be put into these topics, so that no put waits for that later,
    /// on a thread of the client that would have to bring the answer.
    default void prepare(List<String> topics) {}

    /// Done when the entry is acknowledged, and exceptionally when it is not. What hangs on it runs on a thread of the
    /// client.
    CompletableFuture<?> put(String topic, byte[] payload);

    @Override
    void close();
}

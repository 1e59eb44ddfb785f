package io.walrus.benchmarks.server;

import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/// A connection that appends.
///
/// @param puts takes the topic and the entry; done when the entry is acknowledged, and exceptionally when it is not.
/// What hangs on it runs on a thread of the client
/// @param end closes it
record EntryWriter(BiFunction<String, byte[], CompletableFuture<?>> puts, Runnable end) implements AutoCloseable {
    CompletableFuture<?> put(String topic, byte[] payload) {
        return puts.apply(topic, payload);
    }

    @Override
    public void close() {
        end.run();
    }
}

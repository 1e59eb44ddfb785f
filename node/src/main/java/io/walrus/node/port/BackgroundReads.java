package io.walrus.node.port;

import io.walrus.storage.engine.ReadBuffer;

/// Runs reads that may have to wait for the disk, elsewhere than on the caller's thread.
public interface BackgroundReads {
    /// Runs the task soon. Never blocks.
    void submit(Runnable task);

    /// What a read found is over: its memory is used for the next one. Where a simulation overwrites it, whoever kept a
    /// view of it is found out at once. From any thread.
    default void givenBack(ReadBuffer read) {}
}

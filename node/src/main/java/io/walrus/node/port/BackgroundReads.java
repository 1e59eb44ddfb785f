package io.walrus.node.port;

/// Runs reads that may have to wait for the disk, elsewhere than on the caller's thread.
public interface BackgroundReads {
    /// Runs the task soon. Never blocks.
    void submit(Runnable task);
}

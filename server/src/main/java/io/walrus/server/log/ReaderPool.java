package io.walrus.server.log;

import io.walrus.node.port.BackgroundReads;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/// Threads that read from the disk, so that nobody else waits for it. Platform threads: a read of a file would hold on
/// to a virtual thread's carrier.
public final class ReaderPool implements BackgroundReads, AutoCloseable {
    private static final int THREADS = 4;

    private final ExecutorService threads = Executors.newFixedThreadPool(
            THREADS, Thread.ofPlatform().name("reader-", 1).daemon().factory());

    @Override
    public void submit(Runnable task) {
        try {
            threads.execute(task);
        } catch (RejectedExecutionException _) {
            // The node is closing; whoever waits is answered by that.
        }
    }

    /// Lets the reads under way end.
    @Override
    public void close() {
        threads.shutdown();
        try {
            threads.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}

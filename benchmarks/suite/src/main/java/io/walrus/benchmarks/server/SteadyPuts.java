package io.walrus.benchmarks.server;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/// Puts at a fixed modest rate, however slow the answers are, until it is closed.
final class SteadyPuts implements AutoCloseable {
    private final long intervalNs;
    private final LongConsumer put;
    private final Thread thread = new Thread(this::run, "steady-puts");
    private volatile boolean over;

    private SteadyPuts(int perSecond, LongConsumer put) {
        intervalNs = TimeUnit.SECONDS.toNanos(1) / perSecond;
        this.put = put;
    }

    /// Begins to put.
    ///
    /// @param put puts without waiting for the answer; told when that was due
    static SteadyPuts start(int perSecond, LongConsumer put) {
        SteadyPuts puts = new SteadyPuts(perSecond, put);
        puts.thread.start();
        return puts;
    }

    private void run() {
        for (long dueNs = System.nanoTime(); !over; dueNs += intervalNs) {
            for (long waitNs = dueNs - System.nanoTime(); waitNs > 0; waitNs = dueNs - System.nanoTime()) {
                LockSupport.parkNanos(waitNs);
            }
            put.accept(dueNs);
        }
    }

    @Override
    public void close() {
        over = true;
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}

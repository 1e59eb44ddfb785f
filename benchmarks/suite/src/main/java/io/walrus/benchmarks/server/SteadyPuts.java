package io.walrus.benchmarks.server;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/// Puts at a fixed modest rate, however slow the answers are, until it is closed.
final class SteadyPuts implements AutoCloseable {
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private long dueNs = System.nanoTime();

    /// @param put puts without waiting for the answer; told when that was due
    SteadyPuts(int perSecond, LongConsumer put) {
        long intervalNs = TimeUnit.SECONDS.toNanos(1) / perSecond;
        Runnable next = () -> {
            put.accept(dueNs);
            dueNs += intervalNs;
        };
        var _ = timer.scheduleAtFixedRate(next, 0, intervalNs, TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        timer.close();
    }
}

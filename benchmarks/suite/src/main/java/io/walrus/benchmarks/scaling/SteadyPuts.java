package io.walrus.benchmarks.scaling;

import io.walrus.benchmarks.load.LoadRun;
import io.walrus.client.Outcome;
import io.walrus.client.WalrusClient;
import io.walrus.protocol.Request;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SynchronizedHistogram;

/// Puts at a fixed modest rate, however slow the answers are, each timed from when it was due. Closing it ends it.
final class SteadyPuts implements AutoCloseable {
    private static final int PER_SECOND = 1000;
    private static final long MAX_NS = TimeUnit.SECONDS.toNanos(60);

    private final WalrusClient client;
    private final String topic;
    private final byte[] payload;
    private final SynchronizedHistogram latencies = new SynchronizedHistogram(MAX_NS, 3);
    private final LongAdder errors = new LongAdder();
    private final Thread thread = new Thread(this::run, "steady-puts");
    private volatile boolean over;

    private SteadyPuts(WalrusClient client, String topic, int payloadBytes) {
        this.client = client;
        this.topic = topic;
        payload = LoadRun.payload(payloadBytes);
    }

    /// Begins to put, at a steady rate.
    ///
    /// @param client closed with it
    static SteadyPuts start(WalrusClient client, String topic, int payloadBytes) {
        SteadyPuts puts = new SteadyPuts(client, topic, payloadBytes);
        puts.thread.start();
        return puts;
    }

    private void run() {
        long intervalNs = TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
        for (long dueNs = System.nanoTime(); !over; dueNs += intervalNs) {
            for (long waitNs = dueNs - System.nanoTime(); waitNs > 0; waitNs = dueNs - System.nanoTime()) {
                LockSupport.parkNanos(waitNs);
            }
            long sinceNs = dueNs;
            client.submit(new Request.Put(topic, ByteBuffer.wrap(payload)), outcome -> {
                if (outcome instanceof Outcome.Done) {
                    latencies.recordValue(Math.min(MAX_NS, System.nanoTime() - sinceNs));
                } else {
                    errors.increment();
                }
            });
        }
    }

    /// Forgets what was measured, and gives it.
    Histogram take() {
        synchronized (latencies) {
            Histogram taken = latencies.copy();
            latencies.reset();
            return taken;
        }
    }

    long errors() {
        return errors.sum();
    }

    @Override
    public void close() {
        over = true;
        client.close();
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}

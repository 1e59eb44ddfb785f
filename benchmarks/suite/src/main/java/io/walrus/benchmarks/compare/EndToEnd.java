package io.walrus.benchmarks.compare;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// Puts at a steady rate and reads at the same time: how long an entry takes from when it was to be put until its
/// reader has it. The reader's clock is the writer's, as they are threads of one process.
final class EndToEnd {
    private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(1) / 500;
    private static final long MAX_NS = TimeUnit.SECONDS.toNanos(60);

    /// From the time an entry was due.
    record Latency(double p50Micros, double p99Micros) {}

    private final ComparedSystem system;
    private final String topic;
    private final Histogram latencies = new Histogram(MAX_NS, 3);
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private volatile boolean stopping;

    private EndToEnd(ComparedSystem system, String topic) {
        this.system = system;
        this.topic = topic;
    }

    static Latency measure(ComparedSystem system, String topic) throws IOException, InterruptedException {
        return new EndToEnd(system, topic).measure();
    }

    private Latency measure() throws IOException, InterruptedException {
        long startNs = System.nanoTime();
        long measureFromNs = startNs + TimeUnit.SECONDS.toNanos(system.options.warmUpSeconds());
        long untilNs = measureFromNs + TimeUnit.SECONDS.toNanos(system.options.seconds());
        Thread reader = Thread.ofPlatform().name("reader").start(() -> read(measureFromNs));
        try (EntryWriter writer = system.writer(system.leader(topic))) {
            for (long dueNs = startNs; dueNs < untilNs; dueNs += INTERVAL_NS) {
                for (long waitNs = dueNs - System.nanoTime(); waitNs > 0; waitNs = dueNs - System.nanoTime()) {
                    LockSupport.parkNanos(waitNs);
                }
                ByteBuffer payload =
                        ByteBuffer.allocate(ComparedSystem.PAYLOAD_BYTES).putLong(dueNs);
                var _ = writer.put(topic, payload.array());
            }
            TimeUnit.MILLISECONDS.sleep(500);
        } finally {
            stopping = true;
            reader.join();
        }
        Exception failed = failure.get();
        if (failed != null) {
            throw new IOException("the reader failed: " + failed.getMessage(), failed);
        }
        return new Latency(latencies.getValueAtPercentile(50) / 1e3, latencies.getValueAtPercentile(99) / 1e3);
    }

    private void read(long measureFromNs) {
        try (EntryReader reader = system.reader(topic)) {
            while (!stopping) {
                reader.poll(entry -> {
                    long dueNs = entry.getLong(entry.position());
                    if (dueNs >= measureFromNs) {
                        latencies.recordValue(Math.min(MAX_NS, System.nanoTime() - dueNs));
                    }
                });
            }
        } catch (IOException | RuntimeException e) {
            failure.set(e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}

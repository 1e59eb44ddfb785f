package io.walrus.benchmarks.compare;

import io.walrus.benchmarks.load.LoadResult;
import io.walrus.benchmarks.load.LoadRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SynchronizedHistogram;
import org.jspecify.annotations.Nullable;

/// Keeps so many entries under way on each of a peer's own clients: whenever one is acknowledged the next is sent, on
/// the thread of the client that says so.
final class ClosedLoop {
    private static final long STOP_TIMEOUT_SECONDS = 60;
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    /// A client, and the topics it puts into, in turn.
    record Line(EntryWriter writer, List<String> topics) {}

    private final byte[] payload = LoadRun.payload(ComparedSystem.PAYLOAD_BYTES);
    private final List<Slot> slots = new ArrayList<>();
    private final LongAdder completed = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final AtomicReference<@Nullable String> firstError = new AtomicReference<>();
    private final AtomicLong unsent;
    private final CountDownLatch running;
    private volatile boolean measuring;

    /// Lines that share a bound.
    ///
    /// @param entries to send at most
    ClosedLoop(List<Line> lines, int depth, long entries) {
        unsent = new AtomicLong(entries);
        for (Line line : lines) {
            Histogram latencies = new SynchronizedHistogram(TimeUnit.SECONDS.toNanos(STOP_TIMEOUT_SECONDS), 3);
            for (int i = 0; i < depth; i++) {
                slots.add(new Slot(line, i, latencies));
            }
        }
        running = new CountDownLatch(slots.size());
    }

    LoadResult measure(int warmUpSeconds, int seconds) throws IOException, InterruptedException {
        slots.forEach(Slot::send);
        TimeUnit.SECONDS.sleep(warmUpSeconds);
        measuring = true;
        long startNs = System.nanoTime();
        long atStart = completed.sum();
        double[] perSecond = new double[seconds];
        long lastNs = startNs;
        long last = atStart;
        for (int second = 0; second < perSecond.length; second++) {
            TimeUnit.NANOSECONDS.sleep(startNs + (second + 1) * SECOND_NS - System.nanoTime());
            long nowNs = System.nanoTime();
            long now = completed.sum();
            perSecond[second] = (now - last) * (double) SECOND_NS / (nowNs - lastNs);
            lastNs = nowNs;
            last = now;
        }
        double mean = (last - atStart) * (double) SECOND_NS / (lastNs - startNs);
        measuring = false;
        unsent.set(0);
        awaitEnd();
        Histogram latencies = new Histogram(3);
        slots.stream().map(slot -> slot.latencies).distinct().forEach(latencies::add);
        return LoadResult.of(
                LoadResult.median(perSecond, mean),
                latencies.getValueAtPercentile(50) / 1e3,
                latencies.getValueAtPercentile(99) / 1e3,
                errors.sum(),
                firstError.get());
    }

    /// Sends all entries.
    void fill() throws IOException, InterruptedException {
        slots.forEach(Slot::send);
        awaitEnd();
        if (errors.sum() > 0) {
            throw new IOException("could not put what is to be read: " + firstError.get());
        }
    }

    private void awaitEnd() throws IOException, InterruptedException {
        if (!running.await(STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException(running.getCount() + " entries were not answered");
        }
    }

    /// One entry under way. It ends with the first that fails, which is counted.
    private final class Slot {
        private final Line line;
        private final Histogram latencies;
        private int nextTopic;
        private long sentNs;

        Slot(Line line, int firstTopic, Histogram latencies) {
            this.line = line;
            this.nextTopic = firstTopic;
            this.latencies = latencies;
        }

        void send() {
            if (unsent.getAndDecrement() <= 0) {
                running.countDown();
                return;
            }
            String topic = line.topics().get(nextTopic % line.topics().size());
            nextTopic++;
            sentNs = System.nanoTime();
            CompletableFuture<?> put;
            try {
                put = line.writer().put(topic, payload);
            } catch (IOException e) {
                put = CompletableFuture.failedFuture(e);
            }
            var _ = put.whenComplete((_, failure) -> answered(failure));
        }

        private void answered(@Nullable Throwable failure) {
            if (failure != null) {
                errors.increment();
                firstError.compareAndSet(null, failure.toString());
                running.countDown();
                return;
            }
            if (measuring) {
                latencies.recordValue(System.nanoTime() - sentNs);
            }
            completed.increment();
            send();
        }
    }
}

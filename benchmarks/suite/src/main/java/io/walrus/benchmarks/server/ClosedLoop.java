package io.walrus.benchmarks.server;

import io.walrus.benchmarks.report.Metric;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Keeps so many entries under way on each of a peer's own clients: whenever one is acknowledged the next is sent, on
/// the thread of the client that says so.
final class ClosedLoop {
    private static final long STOP_TIMEOUT_SECONDS = 60;

    /// A client, and the topics it puts into, in turn.
    record Line(TestedSystem.EntryWriter writer, List<String> topics) {}

    private final byte[] payload = LoadRun.payload(TestedSystem.PAYLOAD_BYTES);
    private final List<Slot> slots = new ArrayList<>();
    private final Meter meter = new Meter(List.of());
    private final AtomicLong unsent;
    private final CountDownLatch running;

    /// @param entries to send at most, over all lines
    ClosedLoop(List<Line> lines, int depth, long entries) {
        unsent = new AtomicLong(entries);
        for (Line line : lines) {
            for (int i = 0; i < depth; i++) {
                slots.add(new Slot(line, i));
            }
        }
        running = new CountDownLatch(slots.size());
    }

    Map<Metric, Double> measure(int warmUpSeconds, int seconds) throws IOException, InterruptedException {
        slots.forEach(Slot::send);
        meter.warmUp(warmUpSeconds);
        Map<Metric, Double> numbers = meter.measure(Meter.SECOND_NS, seconds);
        unsent.set(0);
        awaitEnd();
        return numbers;
    }

    void fill() throws IOException, InterruptedException {
        slots.forEach(Slot::send);
        awaitEnd();
        if (meter.errors() > 0) {
            throw new IOException("could not put what is to be read: " + meter.firstError());
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
        private int nextTopic;
        private long sentNs;

        Slot(Line line, int firstTopic) {
            this.line = line;
            this.nextTopic = firstTopic;
        }

        void send() {
            if (unsent.getAndDecrement() <= 0) {
                running.countDown();
                return;
            }
            String topic = line.topics().get(nextTopic % line.topics().size());
            nextTopic++;
            sentNs = System.nanoTime();
            var _ = line.writer().put(topic, payload).whenComplete((_, failure) -> answered(failure));
        }

        private void answered(@Nullable Throwable failure) {
            if (failure != null) {
                meter.refused(failure.toString());
                running.countDown();
                return;
            }
            meter.completed(1, System.nanoTime() - sentNs);
            send();
        }
    }
}

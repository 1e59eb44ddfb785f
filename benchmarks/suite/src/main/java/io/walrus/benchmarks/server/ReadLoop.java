package io.walrus.benchmarks.server;

import io.walrus.benchmarks.report.MeasuringOptions;
import io.walrus.benchmarks.report.Metric;
import io.walrus.benchmarks.report.Spread;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Reads a topic from start to end again and again, until the time is over.
final class ReadLoop {
    private static final long PASS_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);

    private ReadLoop() {}

    /// The median of the passes that began after the warm-up, at least of one.
    static Map<Metric, Double> measure(EntryReader reader, int entries, MeasuringOptions options) throws Exception {
        long measureFromNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(options.warmUpSeconds());
        long untilNs = measureFromNs + TimeUnit.SECONDS.toNanos(options.seconds());
        List<Double> passes = new ArrayList<>();
        while (passes.isEmpty() || System.nanoTime() < untilNs) {
            long startNs = System.nanoTime();
            reader.rewind();
            pass(reader, entries);
            if (startNs >= measureFromNs) {
                passes.add(entries * 1e9 / (System.nanoTime() - startNs));
            }
        }
        return Map.of(Metric.RATE, Spread.of(passes).median());
    }

    private static void pass(EntryReader reader, int entries) throws Exception {
        long deadlineNs = System.nanoTime() + PASS_TIMEOUT_NS;
        int[] read = new int[1];
        while (read[0] < entries) {
            reader.poll(_ -> read[0]++);
            if (System.nanoTime() > deadlineNs) {
                throw new IOException("read " + read[0] + " of " + entries + " entries, then no more");
            }
        }
    }
}

package io.walrus.benchmarks.compare;

import io.walrus.benchmarks.load.LoadResult;
import io.walrus.benchmarks.report.MeasuringOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Reads a topic from start to end with new readers, until the time is over.
final class ReadLoop {
    private static final long PASS_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);

    /// Begins at the topic's start.
    interface Start {
        EntryReader reader() throws IOException, InterruptedException;
    }

    private ReadLoop() {}

    /// The median of the passes that began after the warm-up, at least of one.
    static LoadResult measure(Start start, int entries, MeasuringOptions options)
            throws IOException, InterruptedException {
        long measureFromNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(options.warmUpSeconds());
        long untilNs = measureFromNs + TimeUnit.SECONDS.toNanos(options.seconds());
        List<Double> passes = new ArrayList<>();
        while (passes.isEmpty() || System.nanoTime() < untilNs) {
            long startNs = System.nanoTime();
            pass(start, entries);
            if (startNs >= measureFromNs) {
                passes.add(entries * 1e9 / (System.nanoTime() - startNs));
            }
        }
        double mean = passes.stream().mapToDouble(Double::doubleValue).average().orElse(0);
        double[] all = passes.stream().mapToDouble(Double::doubleValue).toArray();
        return LoadResult.of(LoadResult.median(all, mean), Double.NaN, Double.NaN, 0, null);
    }

    private static void pass(Start start, int entries) throws IOException, InterruptedException {
        long deadlineNs = System.nanoTime() + PASS_TIMEOUT_NS;
        int[] read = new int[1];
        try (EntryReader reader = start.reader()) {
            while (read[0] < entries) {
                reader.poll(_ -> read[0]++);
                if (System.nanoTime() > deadlineNs) {
                    throw new IOException("read " + read[0] + " of " + entries + " entries, then no more");
                }
            }
        }
    }
}

package io.walrus.benchmarks.server;

import io.walrus.benchmarks.report.MeasuringCommand;
import io.walrus.benchmarks.report.Metric;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// Puts at a steady rate and reads at the same time: how long an entry takes from when it was to be put until its
/// reader has it. The reader's clock is the writer's, as they are threads of one process.
final class EndToEnd {
    private static final int PER_SECOND = 500;
    private static final long MAX_NS = TimeUnit.SECONDS.toNanos(60);
    /// What was put last is still read.
    private static final long STRAGGLERS_NS = TimeUnit.MILLISECONDS.toNanos(500);

    private EndToEnd() {}

    static Map<Metric, Double> measure(TestedSystem system, String topic) throws Exception {
        system.createWithin(topic);
        MeasuringCommand options = system.options();
        Histogram latencies = new Histogram(MAX_NS, 3);
        try (EntryReader reader = system.reader(topic);
                EntryWriter writer = system.writer(system.leader(topic), List.of(topic))) {
            long measureFromNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(options.warmUpSeconds());
            long untilNs = measureFromNs + TimeUnit.SECONDS.toNanos(options.seconds());
            try (SteadyPuts _ = SteadyPuts.start(PER_SECOND, dueNs -> {
                var _ = writer.put(
                        topic,
                        ByteBuffer.allocate(TestedSystem.PAYLOAD_BYTES)
                                .putLong(dueNs)
                                .array());
            })) {
                while (System.nanoTime() < untilNs + STRAGGLERS_NS) {
                    reader.poll(entry -> {
                        long dueNs = entry.getLong(entry.position());
                        if (dueNs >= measureFromNs && dueNs < untilNs) {
                            latencies.recordValue(Math.min(MAX_NS, System.nanoTime() - dueNs));
                        }
                    });
                }
            }
        }
        return Metric.percentiles(latencies);
    }
}

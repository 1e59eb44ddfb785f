package io.walrus.benchmarks.server;

import io.walrus.benchmarks.report.Measured;
import io.walrus.benchmarks.report.MeasuringOptions;
import io.walrus.benchmarks.report.Metric;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/// Writes a backlog to one topic of one node, then reads it from its start while puts to the same topic go on, each
/// timed from when it was due.
final class Backlog {
    static final String GROUP = "a backlog that is read while puts go on";
    private static final String TOPIC = "backlog";
    private static final int UNDER_WAY = 512;
    private static final int PER_SECOND = 1000;
    private static final long MAX_NS = TimeUnit.SECONDS.toNanos(60);

    private final WalrusSystem node;
    private final MeasuringOptions options;
    private final int round;
    private final int entries;
    private final Recorder latencies = new Recorder(MAX_NS, 3);
    private final LongAdder errors = new LongAdder();

    Backlog(WalrusSystem node, MeasuringOptions options, int round, int mib) {
        this.node = node;
        this.options = options;
        this.round = round;
        entries = Math.max(1, mib * ((1 << 20) / GrowthDimension.PAYLOAD_BYTES));
    }

    void measure() throws IOException, InterruptedException {
        node.register(List.of(TOPIC));
        long mib = ((long) entries * GrowthDimension.PAYLOAD_BYTES) >> 20;
        add(mib + " MiB put with 512 under way", load(LoadOperation.PUT).fill());
        LoadRun read = load(LoadOperation.FETCH);
        byte[] payload = LoadRun.payload(GrowthDimension.PAYLOAD_BYTES);
        try (EntryWriter writer = node.writer(0);
                SteadyPuts _ = SteadyPuts.start(PER_SECOND, Long.MAX_VALUE, dueNs -> {
                    var _ = writer.put(TOPIC, payload).whenComplete((_, failure) -> answered(dueNs, failure == null));
                })) {
            TimeUnit.SECONDS.sleep(options.warmUpSeconds());
            var _ = latencies.getIntervalHistogram();
            TimeUnit.SECONDS.sleep(options.seconds());
            add("1000 puts/s alone", steady(options.seconds()));
            long startNs = System.nanoTime();
            Map<Metric, Double> numbers = read.readOnce();
            Map<Metric, Double> meanwhile = steady((System.nanoTime() - startNs) / 1e9);
            add("read from its start with 512 under way", numbers);
            add("1000 puts/s meanwhile", meanwhile);
        }
    }

    private void answered(long dueNs, boolean done) {
        if (done) {
            latencies.recordValue(Math.min(MAX_NS, System.nanoTime() - dueNs));
        } else {
            errors.increment();
        }
    }

    private LoadRun load(LoadOperation operation) {
        LoadPlan plan = node.plan(operation, UNDER_WAY, GrowthDimension.PAYLOAD_BYTES, entries);
        return new LoadRun(plan, List.of(new Lane(node.address(0), List.of(TOPIC))));
    }

    /// Of the steady puts since they were last asked for.
    private Map<Metric, Double> steady(double seconds) {
        Histogram interval = latencies.getIntervalHistogram();
        Map<Metric, Double> numbers = new LinkedHashMap<>();
        numbers.put(Metric.RATE, interval.getTotalCount() / seconds);
        numbers.putAll(Metric.percentiles(interval));
        numbers.put(Metric.ERRORS, (double) errors.sum());
        return numbers;
    }

    private void add(String workload, Map<Metric, Double> numbers) throws IOException {
        numbers.put(Metric.MEMORY, node.residentMib().getFirst());
        options.add(new Measured(GROUP, workload, ScalingCommand.SUBJECT), round, numbers);
    }
}

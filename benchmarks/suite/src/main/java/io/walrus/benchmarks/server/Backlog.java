package io.walrus.benchmarks.server;

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
///
/// @param mib size of the backlog
record Backlog(WalrusSystem node, int mib) {
    private static final String TOPIC = "backlog";
    private static final int UNDER_WAY = 512;
    private static final int PER_SECOND = 1000;
    private static final long MAX_NS = TimeUnit.SECONDS.toNanos(60);

    /// The rows of the table.
    Map<String, Map<Metric, Double>> measure() throws IOException, InterruptedException {
        node.register(List.of(TOPIC));
        Map<String, Map<Metric, Double>> rows = new LinkedHashMap<>();
        rows.put(
                mib + " MiB put with 512 under way",
                withMemory(load(LoadOperation.PUT).fill()));
        LoadRun read = load(LoadOperation.FETCH);
        byte[] payload = LoadRun.payload(TestedSystem.PAYLOAD_BYTES);
        Recorder latencies = new Recorder(MAX_NS, 3);
        LongAdder errors = new LongAdder();
        try (EntryWriter writer = node.writer(0, List.of(TOPIC));
                SteadyPuts _ = SteadyPuts.start(PER_SECOND, dueNs -> {
                    var _ = writer.put(TOPIC, payload).whenComplete((_, failure) -> {
                        if (failure == null) {
                            latencies.recordValue(Math.min(MAX_NS, System.nanoTime() - dueNs));
                        } else {
                            errors.increment();
                        }
                    });
                })) {
            TimeUnit.SECONDS.sleep(node.options.warmUpSeconds());
            latencies.reset();
            TimeUnit.SECONDS.sleep(node.options.seconds());
            rows.put("1000 puts/s alone", steady(latencies, errors, node.options.seconds()));
            long startNs = System.nanoTime();
            Map<Metric, Double> numbers = read.readOnce();
            Map<Metric, Double> meanwhile = steady(latencies, errors, (System.nanoTime() - startNs) / 1e9);
            rows.put("read from its start with 512 under way", withMemory(numbers));
            rows.put("1000 puts/s meanwhile", meanwhile);
        }
        return rows;
    }

    private LoadRun load(LoadOperation operation) {
        int entries = Math.max(1, mib * ((1 << 20) / TestedSystem.PAYLOAD_BYTES));
        LoadPlan plan = node.plan(operation, UNDER_WAY, TestedSystem.PAYLOAD_BYTES, entries);
        return new LoadRun(plan, List.of(new Lane(node.address(0), List.of(TOPIC))));
    }

    /// Of the steady puts since they were last asked for.
    private Map<Metric, Double> steady(Recorder latencies, LongAdder errors, double seconds) throws IOException {
        Histogram interval = latencies.getIntervalHistogram();
        Map<Metric, Double> numbers = new LinkedHashMap<>();
        numbers.put(Metric.RATE, interval.getTotalCount() / seconds);
        numbers.putAll(Metric.percentiles(interval));
        numbers.put(Metric.ERRORS, (double) errors.sum());
        return withMemory(numbers);
    }

    private Map<Metric, Double> withMemory(Map<Metric, Double> numbers) throws IOException {
        numbers.put(Metric.MEMORY, node.residentMib().getFirst());
        return numbers;
    }
}

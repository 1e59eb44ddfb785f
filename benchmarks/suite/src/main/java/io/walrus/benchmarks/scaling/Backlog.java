package io.walrus.benchmarks.scaling;

import io.walrus.benchmarks.load.Lane;
import io.walrus.benchmarks.load.LoadOperation;
import io.walrus.benchmarks.load.LoadPlan;
import io.walrus.benchmarks.load.LoadRun;
import io.walrus.benchmarks.load.LoadedSystem;
import io.walrus.benchmarks.report.Measured;
import io.walrus.benchmarks.report.MeasuringOptions;
import io.walrus.benchmarks.report.Metric;
import io.walrus.benchmarks.server.WalrusNodes;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// Writes a backlog to one topic of one node, then reads it from its start while puts to the same topic go on.
final class Backlog {
    static final String GROUP = "a backlog that is read while puts go on";
    private static final String TOPIC = "backlog";
    private static final int UNDER_WAY = 512;

    private final WalrusNodes nodes;
    private final MeasuringOptions options;
    private final int round;
    private final long entries;

    Backlog(WalrusNodes nodes, MeasuringOptions options, int round, long bytes) {
        this.nodes = nodes;
        this.options = options;
        this.round = round;
        entries = Math.max(1, bytes / GrowthDimension.PAYLOAD_BYTES);
    }

    void measure() throws IOException, InterruptedException {
        nodes.node(1).ask("REGISTER " + TOPIC).requireOk();
        Lane lane = new Lane(nodes.address(1), List.of(TOPIC));
        long mib = (entries * GrowthDimension.PAYLOAD_BYTES) >> 20;
        add(
                mib + " MiB put with 512 under way",
                LoadRun.fill(plan(LoadOperation.PUT), lane).metrics());
        try (SteadyPuts puts = SteadyPuts.start(nodes.client(1), TOPIC, GrowthDimension.PAYLOAD_BYTES)) {
            TimeUnit.SECONDS.sleep(options.warmUpSeconds());
            puts.take();
            TimeUnit.SECONDS.sleep(options.seconds());
            add("1000 puts/s alone", numbers(puts, options.seconds()));
            long startNs = System.nanoTime();
            Map<Metric, Double> read =
                    LoadRun.readOnce(plan(LoadOperation.FETCH), lane).metrics();
            Map<Metric, Double> meanwhile = numbers(puts, (System.nanoTime() - startNs) / 1e9);
            add("read from its start with 512 under way", read);
            add("1000 puts/s meanwhile", meanwhile);
        }
    }

    private LoadPlan plan(LoadOperation operation) {
        return new LoadPlan(
                LoadedSystem.WALRUS,
                operation,
                UNDER_WAY,
                GrowthDimension.PAYLOAD_BYTES,
                entries,
                1,
                0,
                options.seconds(),
                nodes.pids());
    }

    private static Map<Metric, Double> numbers(SteadyPuts puts, double seconds) {
        Histogram latencies = puts.take();
        Map<Metric, Double> numbers = new LinkedHashMap<>();
        numbers.put(Metric.RATE, latencies.getTotalCount() / seconds);
        numbers.put(Metric.P50, latencies.getValueAtPercentile(50) / 1e3);
        numbers.put(Metric.P99, latencies.getValueAtPercentile(99) / 1e3);
        numbers.put(Metric.ERRORS, (double) puts.errors());
        return numbers;
    }

    private void add(String workload, Map<Metric, Double> numbers) throws IOException {
        Map<Metric, Double> all = new LinkedHashMap<>(numbers);
        all.put(Metric.MEMORY, nodes.residentMib().getFirst());
        options.add(new Measured(GROUP, workload, ScalingCommand.SUBJECT), round, all);
    }
}

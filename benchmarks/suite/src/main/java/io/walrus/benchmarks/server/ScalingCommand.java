package io.walrus.benchmarks.server;

import io.walrus.benchmarks.report.MachineFacts;
import io.walrus.benchmarks.report.MeasuringCommand;
import io.walrus.benchmarks.report.MeasuringOptions;
import io.walrus.benchmarks.report.Metric;
import io.walrus.benchmarks.report.ResultTables;
import io.walrus.benchmarks.report.Samples;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Measures how the cost of nodes grows, step after step, each with new nodes on empty folders.
@Command(
        name = "scaling",
        description = "Lets topics, nodes, connections, entries and what is stored grow, one at a time.")
public final class ScalingCommand extends MeasuringCommand {
    static final String SUBJECT = "Walrus";
    /// One node leads a topic for the whole step, so that connections stay where they belong.
    private static final String[] FLAGS = {"--fsync=group", "--max-segment-entries=1000000000", "--log=warn"};

    private static final int MOST_PER_NODE = 20;

    @Option(names = "--steps", split = ",", description = "other values of what grows than the usual ones")
    private List<Integer> steps = List.of();

    @Option(names = "--backlog", description = "how many MiB the backlog has")
    private int backlogMib = 10_240;

    public ScalingCommand() {
        super(new MeasuringOptions(1, 8, 8));
    }

    @Override
    protected void measure() throws IOException, InterruptedException {
        for (GrowthDimension dimension : GrowthDimension.all()) {
            int first = options.samples().nextRound(dimension.title());
            for (int round = first; round < first + options.rounds(); round++) {
                for (int value : steps.isEmpty() ? dimension.values() : steps) {
                    if (options.wantsGroup(dimension.title())) {
                        measure(dimension, value, round);
                    }
                }
            }
        }
        if (options.wantsGroup(Backlog.GROUP) && options.rounds() > 0) {
            try (WalrusSystem node = WalrusSystem.start(1, options, FLAGS)) {
                int round = options.samples().nextRound(Backlog.GROUP);
                new Backlog(node, options, round, backlogMib).measure();
            } catch (IOException | RuntimeException | AssertionError e) {
                failed(Backlog.GROUP, e);
            }
        }
    }

    private void measure(GrowthDimension dimension, int value, int round) throws InterruptedException {
        GrowthDimension.Step step = dimension.steps().at(value);
        try (WalrusSystem nodes = WalrusSystem.start(step.nodes(), options, FLAGS)) {
            double syncMicros = MachineFacts.syncMicros(options.work());
            List<String> topics = names(step.topics());
            long startNs = System.nanoTime();
            nodes.register(topics);
            double registerSeconds = (System.nanoTime() - startNs) / 1e9;
            Map<InetSocketAddress, List<String>> led =
                    dimension.title().equals(GrowthDimension.NODES) ? oneOfEach(nodes) : nodes.led(topics);
            LoadPlan plan = nodes.plan(LoadOperation.PUT, step.depth(), step.payloadBytes(), 0);
            Map<Metric, Double> numbers = new LoadRun(plan, Lane.spread(led, step.connections())).put();
            List<Double> mib = nodes.residentMib();
            numbers.put(
                    Metric.THROUGHPUT, numbers.getOrDefault(Metric.RATE, Double.NaN) * step.payloadBytes() / (1 << 20));
            numbers.put(Metric.MEMORY, Collections.max(mib));
            numbers.put(
                    Metric.ALL_MEMORY, mib.stream().mapToDouble(each -> each).sum());
            numbers.put(Metric.REGISTERED, registerSeconds);
            numbers.put(Metric.DISK, syncMicros);
            options.add(Growth.measured(dimension.title(), Integer.toString(value)), round, numbers);
        } catch (IOException | RuntimeException | AssertionError e) {
            failed(dimension.title() + ", " + value, e);
        }
    }

    private static List<String> names(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> String.format(Locale.ROOT, "scale-%06d", i))
                .toList();
    }

    /// Registers topics until each node leads one, and takes one of each.
    private static Map<InetSocketAddress, List<String>> oneOfEach(WalrusSystem nodes) throws IOException {
        for (int count = nodes.size(); count <= nodes.size() * MOST_PER_NODE; count++) {
            nodes.register(names(count));
            Map<InetSocketAddress, List<String>> led = nodes.led(names(count));
            if (led.size() == nodes.size()) {
                led.replaceAll((_, topics) -> List.of(topics.getFirst()));
                return led;
            }
        }
        throw new IOException("some of the nodes lead none of many topics");
    }

    @Override
    protected ResultTables tables() throws IOException {
        Samples measured = options.samples();
        return new ResultTables(
                "How the cost grows",
                options.facts("nodes with the heap and the settings they have by default"),
                """
                One thing grows, all else stays as it is: one topic, one node, 16 connections with 64 requests under way on each,
                entries of 1024 bytes, forced to disk (`--fsync group`). Each step has new nodes on empty folders. *Disk* is a
                synchronous write of 4 KiB just before the step: where it differs, so may the rest. *Memory* is what the system
                counts as resident after the load, of the node that has most, and of all. *Server CPU* is that of all nodes.
                The [description](../README.md#how-the-cost-grows) has more.
                """,
                List.of(),
                group -> growth(measured, group),
                "");
    }

    private static String growth(Samples measured, String group) {
        return GrowthDimension.all().stream()
                .filter(dimension -> dimension.title().equals(group))
                .map(dimension -> Growth.of(measured, group, dimension.ofEntries()))
                .findFirst()
                .orElse("");
    }
}

package io.walrus.benchmarks.scaling;

import io.walrus.benchmarks.load.Lane;
import io.walrus.benchmarks.load.LoadPlan;
import io.walrus.benchmarks.load.LoadResult;
import io.walrus.benchmarks.load.LoadRun;
import io.walrus.benchmarks.load.LoadedSystem;
import io.walrus.benchmarks.report.MachineFacts;
import io.walrus.benchmarks.report.MeasuringCommand;
import io.walrus.benchmarks.report.MeasuringOptions;
import io.walrus.benchmarks.report.Metric;
import io.walrus.benchmarks.report.ResultTables;
import io.walrus.benchmarks.report.Samples;
import io.walrus.benchmarks.server.LedTopics;
import io.walrus.benchmarks.server.WalrusNodes;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
            try (WalrusNodes nodes = WalrusNodes.start(options.launcher(), options.work(), 1, FLAGS)) {
                int round = options.samples().nextRound(Backlog.GROUP);
                new Backlog(nodes, options, round, (long) backlogMib << 20).measure();
            } catch (IOException | RuntimeException | AssertionError e) {
                failed(Backlog.GROUP, e);
            }
        }
    }

    private void measure(GrowthDimension dimension, int value, int round) throws InterruptedException {
        GrowthDimension.Step step = dimension.steps().at(value);
        try (WalrusNodes nodes = WalrusNodes.start(options.launcher(), options.work(), step.nodes(), FLAGS)) {
            double syncMicros = MachineFacts.syncMicros(options.work());
            boolean ofNodes = dimension.title().equals(GrowthDimension.NODES);
            LedTopics topics = ofNodes ? LedTopics.oneOfEachNode(nodes) : LedTopics.register(nodes, step.topics());
            LoadPlan plan = LoadPlan.puts(
                    LoadedSystem.WALRUS,
                    step.depth(),
                    step.payloadBytes(),
                    options.warmUpSeconds(),
                    options.seconds(),
                    nodes.pids());
            LoadResult result = LoadRun.put(plan, Lane.spread(topics.led(), nodes.addresses(), step.connections()));
            Map<Metric, Double> numbers = new LinkedHashMap<>(result.metrics());
            List<Double> mib = nodes.residentMib();
            numbers.put(Metric.THROUGHPUT, result.perSecond() * step.payloadBytes() / (1 << 20));
            numbers.put(
                    Metric.MEMORY, mib.stream().mapToDouble(each -> each).max().orElse(0));
            numbers.put(
                    Metric.ALL_MEMORY, mib.stream().mapToDouble(each -> each).sum());
            numbers.put(Metric.REGISTERED, topics.registerSeconds());
            numbers.put(Metric.DISK, syncMicros);
            options.add(Growth.measured(dimension.title(), Integer.toString(value)), round, numbers);
        } catch (IOException | RuntimeException | AssertionError e) {
            failed(dimension.title() + ", " + value, e);
        }
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

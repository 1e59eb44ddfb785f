package io.walrus.benchmarks.server;

import io.walrus.benchmarks.report.MachineFacts;
import io.walrus.benchmarks.report.MeasuringCommand;
import io.walrus.benchmarks.report.Metric;
import io.walrus.benchmarks.report.ResultTables;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Measures how the cost of nodes grows, step after step, each with new nodes on empty folders.
@Command(
        name = "scaling",
        description = "Lets topics, nodes, connections, entries and what is stored grow, one at a time.")
public final class ScalingCommand extends MeasuringCommand {
    private static final String SUBJECT = "Walrus";
    private static final String NODES = "nodes that each lead one topic with three copies";
    private static final String BACKLOG = "a backlog that is read while puts go on";
    /// One node leads a topic for the whole step, so that connections stay where they belong.
    private static final String[] FLAGS = {"--fsync=group", "--max-segment-entries=1000000000", "--log=warn"};

    private static final int CONNECTIONS = 16;
    private static final int DEPTH = 64;
    /// Requests on all connections together: beyond that it is the queues that are measured.
    private static final int MAX_UNDER_WAY = 16_384;
    /// On all connections together.
    private static final int MAX_BYTES_UNDER_WAY = 4 << 20;

    private static final int MOST_TOPICS_PER_NODE = 20;

    private static final String BACKLOG_TOPIC = "backlog";
    private static final int BACKLOG_DEPTH = 512;
    private static final int PER_SECOND = 1000;
    private static final long MAX_NS = TimeUnit.SECONDS.toNanos(60);

    @Option(names = "--steps", split = ",", description = "other values of what grows than the usual ones")
    private List<Integer> steps = List.of();

    @Option(names = "--backlog", description = "how many MiB the backlog has")
    private int backlogMib = 10_240;

    /// One measurement to be made.
    ///
    /// @param depth requests under way on each connection
    private record Step(int nodes, int topics, int connections, int depth, int payloadBytes) {}

    /// What grows while all else stays as it is: a table of the results.
    ///
    /// @param values of what grows, each a step
    private record Dimension(String title, List<Integer> values, IntFunction<Step> step) {}

    private static List<Dimension> dimensions() {
        List<Integer> topics = List.of(1, 10, 100, 1_000, 10_000);
        List<Integer> connections = List.of(1, 16, 256, 1_000);
        List<Integer> bytes = List.of(100, 1 << 10, 16 << 10, 256 << 10);
        return List.of(
                new Dimension("topics on one node", topics, n -> step(1, n, CONNECTIONS, DEPTH)),
                new Dimension("topics on three nodes", topics, n -> step(3, n, CONNECTIONS, DEPTH)),
                new Dimension(NODES, List.of(1, 3, 5), n -> step(n, n, CONNECTIONS, DEPTH)),
                new Dimension("connections with one request under way on each", connections, n -> step(1, 1, n, 1)),
                new Dimension(
                        "connections with up to 64 under way on each",
                        connections,
                        n -> step(1, 1, n, Math.clamp(MAX_UNDER_WAY / n, 1, DEPTH))),
                new Dimension("bytes of an entry", bytes, n -> {
                    int depth = Math.clamp(MAX_BYTES_UNDER_WAY / CONNECTIONS / n, 1, DEPTH);
                    return new Step(1, 1, CONNECTIONS, depth, n);
                }));
    }

    private static Step step(int nodes, int topics, int connections, int depth) {
        return new Step(nodes, topics, connections, depth, TestedSystem.PAYLOAD_BYTES);
    }

    public ScalingCommand() {
        super(1, 8, 8);
    }

    @Override
    protected void measure() throws IOException {
        for (Dimension dimension : dimensions()) {
            for (int round : rounds(dimension.title())) {
                for (int value : steps.isEmpty() ? dimension.values() : steps) {
                    measure(dimension, value, round);
                }
            }
        }
        for (int round : rounds(BACKLOG)) {
            try (WalrusSystem node = WalrusSystem.start(1, this, FLAGS)) {
                backlog(node, round);
            } catch (Exception | AssertionError e) {
                failed(BACKLOG, e);
            }
        }
    }

    private void measure(Dimension dimension, int value, int round) {
        Step step = dimension.step().apply(value);
        try (WalrusSystem nodes = WalrusSystem.start(step.nodes(), this, FLAGS)) {
            double syncMicros = MachineFacts.syncMicros(work());
            List<String> topics = Lane.topics("scale-", step.topics());
            long startNs = System.nanoTime();
            nodes.register(topics);
            double registerSeconds = (System.nanoTime() - startNs) / 1e9;
            Map<InetSocketAddress, List<String>> led =
                    dimension.title().equals(NODES) ? oneOfEach(nodes) : nodes.led(topics);
            LoadPlan plan = nodes.plan(LoadPlan.Operation.PUT, step.depth(), step.payloadBytes(), 0);
            Map<Metric, Double> numbers = new LoadRun(plan, Lane.spread(led, step.connections())).put();
            List<Double> mib = nodes.residentMib();
            double rate = numbers.getOrDefault(Metric.RATE, Double.NaN);
            numbers.put(Metric.THROUGHPUT, rate * step.payloadBytes() / (1 << 20));
            numbers.put(Metric.MEMORY, Collections.max(mib));
            numbers.put(
                    Metric.ALL_MEMORY, mib.stream().mapToDouble(each -> each).sum());
            numbers.put(Metric.REGISTERED, registerSeconds);
            numbers.put(Metric.DISK, syncMicros);
            add(dimension.title(), Integer.toString(value), SUBJECT, round, numbers);
        } catch (Exception | AssertionError e) {
            failed(dimension.title() + ", " + value, e);
        }
    }

    /// Writes a backlog to one topic of one node, then reads it from its start while puts to the same topic go on, each
    /// timed from when it was due.
    private void backlog(WalrusSystem node, int round) throws IOException, InterruptedException {
        node.register(List.of(BACKLOG_TOPIC));
        addBacklog(
                node,
                round,
                backlogMib + " MiB put with 512 under way",
                load(node, LoadPlan.Operation.PUT).fill());
        LoadRun read = load(node, LoadPlan.Operation.FETCH);
        byte[] payload = LoadRun.payload(TestedSystem.PAYLOAD_BYTES);
        Recorder latencies = new Recorder(MAX_NS, 3);
        LongAdder errors = new LongAdder();
        try (TestedSystem.EntryWriter writer = node.writer(0, List.of(BACKLOG_TOPIC));
                SteadyPuts _ = new SteadyPuts(PER_SECOND, dueNs -> {
                    var _ = writer.put(BACKLOG_TOPIC, payload).whenComplete((_, failure) -> {
                        if (failure == null) {
                            latencies.recordValue(Math.min(MAX_NS, System.nanoTime() - dueNs));
                        } else {
                            errors.increment();
                        }
                    });
                })) {
            TimeUnit.SECONDS.sleep(warmUpSeconds());
            latencies.reset();
            TimeUnit.SECONDS.sleep(seconds());
            addBacklog(node, round, "1000 puts/s alone", steady(latencies, errors, seconds()));
            long startNs = System.nanoTime();
            Map<Metric, Double> numbers = read.readOnce();
            Map<Metric, Double> meanwhile = steady(latencies, errors, (System.nanoTime() - startNs) / 1e9);
            addBacklog(node, round, "read from its start with 512 under way", numbers);
            addBacklog(node, round, "1000 puts/s meanwhile", meanwhile);
        }
    }

    private LoadRun load(WalrusSystem node, LoadPlan.Operation operation) {
        int entries = Math.max(1, backlogMib * ((1 << 20) / TestedSystem.PAYLOAD_BYTES));
        LoadPlan plan = node.plan(operation, BACKLOG_DEPTH, TestedSystem.PAYLOAD_BYTES, entries);
        return new LoadRun(plan, List.of(new Lane(node.address(0), List.of(BACKLOG_TOPIC))));
    }

    /// Of the steady puts since they were last asked for.
    private static Map<Metric, Double> steady(Recorder latencies, LongAdder errors, double seconds) {
        Histogram interval = latencies.getIntervalHistogram();
        Map<Metric, Double> numbers = new LinkedHashMap<>();
        numbers.put(Metric.RATE, interval.getTotalCount() / seconds);
        numbers.putAll(Metric.percentiles(interval));
        numbers.put(Metric.ERRORS, (double) errors.sum());
        return numbers;
    }

    private void addBacklog(WalrusSystem node, int round, String workload, Map<Metric, Double> numbers)
            throws IOException {
        numbers.put(Metric.MEMORY, node.residentMib().getFirst());
        add(BACKLOG, workload, SUBJECT, round, numbers);
    }

    /// Registers topics until each node leads one, and takes one of each.
    private static Map<InetSocketAddress, List<String>> oneOfEach(WalrusSystem nodes) throws Exception {
        for (int count = nodes.size(); count <= nodes.size() * MOST_TOPICS_PER_NODE; count++) {
            nodes.register(Lane.topics("scale-", count));
            Map<InetSocketAddress, List<String>> led = nodes.led(Lane.topics("scale-", count));
            if (led.size() == nodes.size()) {
                led.replaceAll((_, topics) -> List.of(topics.getFirst()));
                return led;
            }
        }
        throw new IOException("some of the nodes lead none of many topics");
    }

    @Override
    protected ResultTables tables() throws IOException {
        return new ResultTables(
                "How the cost grows",
                facts("nodes with the heap and the settings they have by default"),
                """
                One thing grows, all else stays as it is: one topic, one node, 16 connections with 64 requests under way on each,
                entries of 1024 bytes, forced to disk (`--fsync group`). Each step has new nodes on empty folders. *Disk* is a
                synchronous write of 4 KiB just before the step: where it differs, so may the rest. *Memory* is what the system
                counts as resident after the load, of the node that has most, and of all. *Server CPU* is that of all nodes.
                The [description](../README.md#how-the-cost-grows) has more.
                """,
                List.of());
    }
}

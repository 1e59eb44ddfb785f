package io.walrus.benchmarks.server;

import io.walrus.benchmarks.report.MeasuringCommand;
import io.walrus.benchmarks.report.Metric;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// What is done to the nodes of one start.
///
/// @param title the first of the rows that it adds to the table
record ComparedWorkload(String title, Step step) {
    static final String BOOT = "start of the processes to the first topic";
    static final String IDLE = "idle: processor time of a node";
    static final String IDLE_MEMORY = "idle: resident memory of a node";
    static final String PUT_1 = "put 16×1";
    static final String PUT_64 = "put 16×64";
    static final String TOPICS = "put 16×64 into 100 topics";
    static final String READ = "read back over one connection";
    static final String FAILOVER = "kill -9 of the leader to the next acknowledged write";

    private static final String LATENCY = "put to get at 500/s";
    private static final int MANY = 64;
    private static final int TOPIC_COUNT = 100;
    private static final int SETTLE_SECONDS = 3;
    private static final int IDLE_SECONDS = 5;
    private static final int PUTS_BEFORE_KILL = 2000;
    private static final int PRELOAD = 500_000;
    private static final int PER_SECOND = 500;
    private static final long MAX_NS = TimeUnit.SECONDS.toNanos(60);
    /// What was put last is still read.
    private static final long STRAGGLERS_NS = TimeUnit.MILLISECONDS.toNanos(500);

    /// Takes the numbers of a row.
    @FunctionalInterface
    interface Sink {
        void take(String workload, Map<Metric, Double> numbers) throws IOException;
    }

    @FunctionalInterface
    interface Step {
        void measure(TestedSystem system, Sink sink) throws Exception;
    }

    /// Of all systems, in the order in which they are done.
    static List<ComparedWorkload> all() {
        return List.of(
                new ComparedWorkload(IDLE, ComparedWorkload::idle),
                new ComparedWorkload(PUT_1, (system, sink) -> put(system, sink, PUT_1, List.of("put-one"), 1)),
                new ComparedWorkload(PUT_64, ComparedWorkload::putMany),
                new ComparedWorkload(
                        TOPICS, (system, sink) -> put(system, sink, TOPICS, Lane.topics("topic-", TOPIC_COUNT), MANY)),
                new ComparedWorkload(READ, (system, sink) -> sink.take(READ, system.read())),
                new ComparedWorkload(LATENCY, (system, sink) -> sink.take(LATENCY, endToEnd(system, "latency"))),
                new ComparedWorkload(FAILOVER, ComparedWorkload::failover));
    }

    /// Of two builds.
    static List<ComparedWorkload> puts() {
        return all().stream()
                .filter(workload -> List.of(PUT_1, PUT_64).contains(workload.title()))
                .toList();
    }

    /// Of one node that the load program speaks to.
    static List<ComparedWorkload> loads() {
        return List.of(
                load(LoadPlan.Operation.PUT, 16, 1, 0),
                load(LoadPlan.Operation.PUT, 16, MANY, 0),
                load(LoadPlan.Operation.PUT, 256, 1, 0),
                load(LoadPlan.Operation.GET, 16, MANY, PRELOAD),
                load(LoadPlan.Operation.FETCH, 16, MANY, PRELOAD));
    }

    private static ComparedWorkload load(LoadPlan.Operation operation, int connections, int depth, int preload) {
        String title = operation + " " + connections + "×" + depth;
        return new ComparedWorkload(
                title, (system, sink) -> sink.take(title, system.load(operation, connections, depth, preload)));
    }

    private static void idle(TestedSystem system, Sink sink) throws Exception {
        TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
        double before = Meter.cpuSeconds(system.pids());
        TimeUnit.SECONDS.sleep(IDLE_SECONDS);
        double share = (Meter.cpuSeconds(system.pids()) - before) / IDLE_SECONDS / system.size();
        sink.take(IDLE, Map.of(Metric.CPU_SHARE, 100 * share));
        sink.take(IDLE_MEMORY, memory(system));
    }

    private static Map<Metric, Double> memory(TestedSystem system) throws IOException {
        double all = system.residentMib().stream().mapToDouble(each -> each).sum();
        return Map.of(Metric.MEMORY, all / system.size());
    }

    private static void put(TestedSystem system, Sink sink, String title, List<String> topics, int depth)
            throws Exception {
        MeasuringCommand options = system.options;
        sink.take(title, system.put(topics, depth, options.warmUpSeconds(), options.seconds()));
    }

    private static void putMany(TestedSystem system, Sink sink) throws Exception {
        put(system, sink, PUT_64, List.of("put-many"), MANY);
        sink.take("resident memory of a node after the puts", memory(system));
    }

    /// Puts at a steady rate and reads at the same time: how long an entry takes from when it was to be put until its
    /// reader has it. The reader's clock is the writer's, as they are threads of one process.
    private static Map<Metric, Double> endToEnd(TestedSystem system, String topic) throws Exception {
        system.createWithin(topic);
        MeasuringCommand options = system.options;
        Histogram latencies = new Histogram(MAX_NS, 3);
        try (TestedSystem.EntryReader reader = system.reader(topic);
                TestedSystem.EntryWriter writer = system.writer(system.leader(topic), List.of(topic))) {
            long measureFromNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(options.warmUpSeconds());
            long untilNs = measureFromNs + TimeUnit.SECONDS.toNanos(options.seconds());
            try (SteadyPuts _ = new SteadyPuts(PER_SECOND, dueNs -> {
                var _ = writer.put(
                        topic,
                        ByteBuffer.allocate(TestedSystem.PAYLOAD_BYTES)
                                .putLong(dueNs)
                                .array());
            })) {
                while (System.nanoTime() < untilNs + STRAGGLERS_NS) {
                    reader.poll().to(entry -> {
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

    /// Of the leader of a topic, which also coordinates the cluster if that can be had.
    private static void failover(TestedSystem system, Sink sink) throws Exception {
        if (system.size() == 1) {
            return;
        }
        String topic = system.topicOfTheCoordinator();
        try (TestedSystem.EntryWriter writer = system.writer(system.leader(topic), List.of(topic))) {
            for (int i = 0; i < PUTS_BEFORE_KILL; i++) {
                writer.put(topic, new byte[TestedSystem.PAYLOAD_BYTES]).get(30, TimeUnit.SECONDS);
            }
            List<Double> times = FailoverCommand.killLeader(writer, List.of(topic), system.node(system.victim(topic)));
            sink.take(FAILOVER, Map.of(Metric.MILLIS, times.getFirst()));
        }
    }

    /// Puts for some seconds, so that all that is measured after it finds its code compiled.
    static void warmUp(TestedSystem system, int seconds) throws Exception {
        if (seconds > 0) {
            var _ = system.put(List.of("warm-up"), MANY, 0, seconds);
        }
    }
}

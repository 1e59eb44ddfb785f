package io.walrus.benchmarks.compare;

import io.walrus.benchmarks.load.ProcessTime;
import io.walrus.benchmarks.report.Metric;
import io.walrus.testkit.process.ServerProcess;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

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

    private static final int MANY = 64;
    private static final int TOPIC_COUNT = 100;
    private static final int SETTLE_SECONDS = 3;
    private static final int IDLE_SECONDS = 5;

    /// Takes the numbers of a row.
    @FunctionalInterface
    interface Sink {
        void take(String workload, Map<Metric, Double> numbers) throws IOException;
    }

    /// Measures.
    @FunctionalInterface
    interface Step {
        void measure(ComparedSystem system, Sink sink) throws IOException, InterruptedException;
    }

    /// Of all, in the order in which they are done.
    static List<ComparedWorkload> all() {
        return List.of(
                new ComparedWorkload(IDLE, ComparedWorkload::idle),
                new ComparedWorkload(PUT_1, (system, sink) -> put(system, sink, PUT_1, List.of("put-one"), 1)),
                new ComparedWorkload(PUT_64, ComparedWorkload::putMany),
                new ComparedWorkload(TOPICS, (system, sink) -> put(system, sink, TOPICS, topics(), MANY)),
                new ComparedWorkload(
                        READ, (system, sink) -> sink.take(READ, system.read().metrics())),
                new ComparedWorkload("put to get at 500/s", ComparedWorkload::latency),
                new ComparedWorkload(FAILOVER, ComparedWorkload::failover));
    }

    private static List<String> topics() {
        return IntStream.range(0, TOPIC_COUNT)
                .mapToObj(i -> String.format(Locale.ROOT, "topic-%02d", i))
                .toList();
    }

    private static void idle(ComparedSystem system, Sink sink) throws IOException, InterruptedException {
        TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
        ProcessTime before =
                ProcessTime.of(system.nodes().stream().map(ServerProcess::pid).toList());
        TimeUnit.SECONDS.sleep(IDLE_SECONDS);
        double share = before.secondsSince() / IDLE_SECONDS / system.nodes().size();
        sink.take(IDLE, Map.of(Metric.CPU_SHARE, 100 * share));
        sink.take(IDLE_MEMORY, Map.of(Metric.MEMORY, system.residentMib()));
    }

    private static void put(ComparedSystem system, Sink sink, String title, List<String> topics, int depth)
            throws IOException, InterruptedException {
        topics.forEach(system::createWithin);
        sink.take(
                title,
                system.put(topics, depth, system.options.warmUpSeconds(), system.options.seconds())
                        .metrics());
    }

    private static void putMany(ComparedSystem system, Sink sink) throws IOException, InterruptedException {
        put(system, sink, PUT_64, List.of("put-many"), MANY);
        sink.take("resident memory of a node after the puts", Map.of(Metric.MEMORY, system.residentMib()));
    }

    private static void latency(ComparedSystem system, Sink sink) throws IOException, InterruptedException {
        system.createWithin("latency");
        EndToEnd.Latency latency = EndToEnd.measure(system, "latency");
        Map<Metric, Double> numbers = new LinkedHashMap<>();
        numbers.put(Metric.P50, latency.p50Micros());
        numbers.put(Metric.P99, latency.p99Micros());
        sink.take("put to get at 500/s", numbers);
    }

    private static void failover(ComparedSystem system, Sink sink) throws IOException, InterruptedException {
        if (system.nodes().size() > 1) {
            sink.take(FAILOVER, Map.of(Metric.MILLIS, LeaderKill.measure(system)));
        }
    }

    /// Puts for some seconds, so that all that is measured after it finds its code compiled.
    static void warmUp(ComparedSystem system, int seconds) throws IOException, InterruptedException {
        if (seconds > 0) {
            system.createWithin("warm-up");
            var _ = system.put(List.of("warm-up"), MANY, 0, seconds);
        }
    }
}

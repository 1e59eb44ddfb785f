package io.walrus.benchmarks.server;

import io.walrus.benchmarks.report.MeasuringCommand;
import io.walrus.benchmarks.report.Metric;
import io.walrus.benchmarks.report.ResultTables;
import io.walrus.benchmarks.report.Spread;
import io.walrus.testkit.process.ServerProcess;
import io.walrus.testkit.process.Waiting;
import io.walrus.testkit.process.Wire;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Measures how long clients wait when nodes die or are restarted.
@Command(
        name = "failover",
        description = "Starts three nodes, kills and restarts them over and over, and measures how long clients wait.")
public final class FailoverCommand extends MeasuringCommand {
    private static final String KILL = "kill -9 of the node that leads the metadata and all topics";
    private static final String RESTART = "restart of each node in turn";
    private static final int NODES = 3;
    /// Topics are moved to the node that is to be killed by filling segments.
    private static final int SEGMENT_ENTRIES = 10;

    private static final long REST_MS = 500;
    private static final long STOP_SECONDS = 30;
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);
    /// An entry may be acknowledged yet after that; another one may be sooner.
    private static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final long PAUSE_MS = 2;
    /// What the dead node had sent before is still read for a moment.
    private static final long STRAGGLERS_NS = TimeUnit.MILLISECONDS.toNanos(20);

    @Option(names = "--topics", split = ",", description = "topics that are written to; each number is measured")
    private List<Integer> topicCounts = List.of(1, 1000);

    @Option(names = "--clients", description = "clients that put one entry at a time while nodes are restarted")
    private int clients = 8;

    public FailoverCommand() {
        super(20, 0, 0);
    }

    @Override
    protected void measure() throws Exception {
        List<Integer> kills = rounds(KILL);
        for (int count : kills.isEmpty() ? List.<Integer>of() : topicCounts) {
            try (WalrusSystem nodes = WalrusSystem.start(NODES, this, "--max-segment-entries=" + SEGMENT_ENTRIES)) {
                List<String> topics = registered(nodes, count);
                for (int round : kills) {
                    kill(nodes, topics, round);
                }
            }
        }
        List<Integer> restarts = rounds(RESTART);
        if (!restarts.isEmpty()) {
            try (WalrusSystem nodes = WalrusSystem.start(NODES, this, "--log=info")) {
                List<String> topics = registered(nodes, topicCounts.getFirst());
                RestartClients waiting = new RestartClients(nodes, topics, clients).start();
                TimeUnit.SECONDS.sleep(2);
                for (int round : restarts) {
                    for (int node = 0; node < NODES; node++) {
                        restart(nodes, node, waiting, round);
                    }
                }
                say("%s", waiting.end());
            }
        }
    }

    private static List<String> registered(WalrusSystem nodes, int count) throws IOException {
        List<String> topics = Lane.topics("topic-", count);
        nodes.register(topics);
        return topics;
    }

    /// Kills the node that leads the metadata and all topics, and measures how long it takes until another node has an
    /// entry for each topic acknowledged.
    private void kill(WalrusSystem nodes, List<String> topics, int round) throws IOException, InterruptedException {
        Waiting.until(
                "all open segments have three copies",
                Waiting.SOON,
                () -> nodes.states(0, topics).values().stream().allMatch(topic -> topic.replicas() == NODES));
        int gone = gather(nodes, topics);
        Spread times;
        try (TestedSystem.EntryWriter writer = nodes.writer((gone + 1) % NODES, topics)) {
            times = Spread.of(killLeader(writer, topics, nodes.node(gone)));
        }
        String of = topics.size() + (topics.size() == 1 ? " topic: " : " topics: ");
        add(KILL, of + "first topic", round, times.min());
        add(KILL, of + "half of the topics", round, times.median());
        add(KILL, of + "all topics", round, times.max());
        nodes.restart(gone);
        nodes.awaitVoters();
    }

    private record Attempt(long sentNs, CompletableFuture<?> put) {
        boolean isOver() {
            return put.isDone() || System.nanoTime() - sentNs > RETRY_NS;
        }
    }

    /// Kills a node and puts into topics, again after each error.
    ///
    /// @param leader of all of them
    /// @return for each topic the milliseconds from the kill to its first acknowledged entry
    static List<Double> killLeader(TestedSystem.EntryWriter writer, List<String> topics, ServerProcess leader)
            throws IOException, InterruptedException {
        byte[] payload = new byte[TestedSystem.PAYLOAD_BYTES];
        Map<String, Double> times = new ConcurrentHashMap<>();
        Map<String, Attempt> attempts = new HashMap<>();
        long killedNs = System.nanoTime();
        leader.kill9();
        while (times.size() < topics.size()) {
            if (System.nanoTime() - killedNs > TIMEOUT_NS) {
                throw new IOException(topics.size() - times.size() + " topics took no entry for a minute");
            }
            for (String topic : topics) {
                Attempt last = attempts.get(topic);
                if (!times.containsKey(topic) && (last == null || last.isOver())) {
                    CompletableFuture<?> put = writer.put(topic, payload).thenRun(() -> {
                        long afterNs = System.nanoTime() - killedNs;
                        if (afterNs > STRAGGLERS_NS) {
                            times.putIfAbsent(topic, afterNs / 1e6);
                        }
                    });
                    attempts.put(topic, new Attempt(System.nanoTime(), put));
                }
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
        }
        return List.copyOf(times.values());
    }

    /// Has all topics led by the node that leads the metadata.
    private static int gather(WalrusSystem nodes, List<String> topics) {
        int[] leader = new int[1];
        Waiting.until("all topics are led by one node", Waiting.SOON, () -> {
            leader[0] = nodes.coordinator();
            if (leader[0] < 0) {
                return false;
            }
            boolean gathered = true;
            try (Wire wire = nodes.connect(leader[0])) {
                for (var topic : nodes.states(leader[0], topics).entrySet()) {
                    TopicFigures figures = topic.getValue();
                    if (figures.leader() - 1 != leader[0]) {
                        gathered = false;
                        for (long i = Math.max(0, figures.entries()); i < SEGMENT_ENTRIES; i++) {
                            wire.ask("PUT " + topic.getKey() + " x");
                        }
                    }
                }
            }
            return gathered;
        });
        return leader[0];
    }

    private void restart(WalrusSystem nodes, int node, RestartClients waiting, int round)
            throws IOException, InterruptedException {
        var _ = waiting.longestMillis();
        long startedNs = System.nanoTime();
        nodes.node(node).terminate(STOP_SECONDS);
        long stoppedNs = System.nanoTime();
        nodes.restart(node);
        nodes.awaitVoters();
        long servingNs = System.nanoTime();
        TimeUnit.MILLISECONDS.sleep(REST_MS);
        add(RESTART, "SIGTERM to the end of the process", round, (stoppedNs - startedNs) / 1e6);
        add(RESTART, "start of the process to its first answer as a voter", round, (servingNs - stoppedNs) / 1e6);
        add(RESTART, "longest wait of a client", round, waiting.longestMillis());
    }

    private void add(String group, String workload, int round, double millis) throws IOException {
        add(group, workload, "Walrus", round, Map.of(Metric.MILLIS, millis));
    }

    @Override
    protected ResultTables tables() throws IOException {
        return new ResultTables(
                "Failing and restarting nodes",
                facts("three nodes with three copies and the settings they have by default"),
                """
                A time of the first table goes from `kill -9` to the next acknowledged entry.
                """,
                List.of());
    }
}

package io.walrus.benchmarks.server;

import io.walrus.benchmarks.report.Measured;
import io.walrus.benchmarks.report.MeasuringOptions;
import io.walrus.benchmarks.report.Metric;
import io.walrus.benchmarks.report.Spread;
import io.walrus.testkit.process.Waiting;
import io.walrus.testkit.process.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Kills the node that leads the metadata and all topics, over and over, and measures how long it takes until another
/// node has an entry for each topic acknowledged.
final class KillRounds {
    static final String GROUP = "kill -9 of the node that leads the metadata and all topics";
    /// Topics are moved to the node that is to be killed by filling segments.
    static final int SEGMENT_ENTRIES = 10;

    private final WalrusSystem nodes;
    private final MeasuringOptions options;
    private final List<String> topics;

    KillRounds(WalrusSystem nodes, int topics, MeasuringOptions options) throws IOException {
        this.nodes = nodes;
        this.options = options;
        this.topics = IntStream.range(0, topics).mapToObj(i -> "topic-" + i).toList();
        nodes.register(this.topics);
    }

    void run() throws IOException, InterruptedException {
        int first = options.samples().nextRound(GROUP);
        for (int round = first; round < first + options.rounds(); round++) {
            Waiting.until(
                    "all open segments have three copies",
                    Waiting.SOON,
                    () -> nodes.states(0, topics).values().stream()
                            .allMatch(topic -> topic.replicas() == nodes.size()));
            int gone = gather();
            Spread times;
            try (EntryWriter writer = nodes.writer((gone + 1) % nodes.size())) {
                times = Spread.of(LeaderKill.measure(writer, topics, nodes.node(gone)));
            }
            add(round, "first topic", times.min());
            add(round, "half of the topics", times.median());
            add(round, "all topics", times.max());
            nodes.restart(gone);
            nodes.awaitVoters();
        }
    }

    private void add(int round, String until, double millis) throws IOException {
        String workload = topics.size() + (topics.size() == 1 ? " topic: " : " topics: ") + until;
        options.add(new Measured(GROUP, workload, "Walrus"), round, Map.of(Metric.MILLIS, millis));
    }

    /// Has all topics led by the node that leads the metadata.
    private int gather() {
        int[] leader = new int[1];
        Waiting.until("all topics are led by one node", Waiting.SOON, () -> {
            leader[0] = nodes.coordinator();
            if (leader[0] < 0) {
                return false;
            }
            List<String> puts = new ArrayList<>();
            nodes.states(leader[0], topics).forEach((topic, figures) -> {
                for (long i = Math.max(0, figures.entries());
                        i < SEGMENT_ENTRIES && figures.leader() - 1 != leader[0];
                        i++) {
                    puts.add("PUT " + topic + " x");
                }
            });
            try (Wire wire = nodes.connect(leader[0])) {
                var _ = WalrusSystem.askAll(wire, puts);
            }
            return puts.isEmpty();
        });
        return leader[0];
    }
}

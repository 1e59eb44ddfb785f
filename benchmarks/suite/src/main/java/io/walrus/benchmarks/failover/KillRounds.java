package io.walrus.benchmarks.failover;

import io.walrus.benchmarks.report.Measured;
import io.walrus.benchmarks.report.MeasuringOptions;
import io.walrus.benchmarks.report.Metric;
import io.walrus.benchmarks.report.Spread;
import io.walrus.benchmarks.server.TopicFigures;
import io.walrus.benchmarks.server.WalrusNodes;
import io.walrus.client.Outcome;
import io.walrus.client.WalrusClient;
import io.walrus.protocol.Request;
import io.walrus.testkit.process.Waiting;
import io.walrus.testkit.process.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/// Kills the node that leads the metadata and all topics, over and over, and measures how long it takes until another
/// node has an entry for each topic acknowledged.
final class KillRounds {
    static final String GROUP = "kill -9 of the node that leads the metadata and all topics";
    /// Topics are moved to the node that is to be killed by filling segments.
    static final int SEGMENT_ENTRIES = 10;

    private static final int TIMEOUT_SECONDS = 60;
    private static final long RETRY_PAUSE_MS = 2;

    private final WalrusNodes nodes;
    private final MeasuringOptions options;
    private final List<String> topics;

    KillRounds(WalrusNodes nodes, int topics, MeasuringOptions options) throws IOException {
        this.nodes = nodes;
        this.options = options;
        this.topics = IntStream.range(0, topics).mapToObj(i -> "topic-" + i).toList();
        ask(1, this.topics.stream().map(topic -> "REGISTER " + topic).toList());
    }

    void run() throws IOException, InterruptedException {
        int first = options.samples().nextRound(GROUP);
        for (int round = first; round < first + options.rounds(); round++) {
            Waiting.until(
                    "all open segments have three copies",
                    Waiting.SOON,
                    () -> figures(1).values().stream().allMatch(topic -> topic.replicas() == nodes.size()));
            int gone = gather();
            Spread times = Spread.of(kill(gone));
            add(round, "first topic", times.min());
            add(round, "half of the topics", times.median());
            add(round, "all topics", times.max());
            nodes.launch(gone);
            nodes.awaitVoters(nodes.ids());
        }
    }

    private void add(int round, String until, double millis) throws IOException {
        String workload = topics.size() + (topics.size() == 1 ? " topic: " : " topics: ") + until;
        options.add(new Measured(GROUP, workload, "Walrus"), round, Metric.MILLIS, millis);
    }

    /// Has all topics led by the node that leads the metadata.
    private int gather() {
        int[] leader = new int[1];
        Waiting.until("all topics are led by one node", Waiting.SOON, () -> {
            leader[0] = nodes.metadataLeader();
            if (leader[0] == 0) {
                return false;
            }
            List<String> puts = new ArrayList<>();
            figures(leader[0]).forEach((topic, figures) -> {
                for (long i = Math.max(0, figures.entries());
                        i < SEGMENT_ENTRIES && figures.leader() != leader[0];
                        i++) {
                    puts.add("PUT " + topic + " x");
                }
            });
            ask(leader[0], puts);
            return puts.isEmpty();
        });
        return leader[0];
    }

    private Map<String, TopicFigures> figures(int node) throws IOException {
        Map<String, TopicFigures> figures = new HashMap<>();
        try (Wire wire = nodes.connect(node)) {
            for (String topic : topics) {
                figures.put(topic, TopicFigures.of(wire.ask("STATE " + topic)));
            }
        }
        return figures;
    }

    /// Many at once; what is refused is asked again by the caller.
    private void ask(int node, List<String> requests) throws IOException {
        try (Wire wire = nodes.connect(node)) {
            for (String request : requests) {
                wire.send(request);
            }
            wire.flush();
            for (String _ : requests) {
                wire.reply();
            }
        }
    }

    private record Answer(String topic, Outcome outcome, long atNs) {}

    /// Kills a node and waits for all topics.
    ///
    /// @return for each topic the milliseconds from the kill to its first acknowledged entry
    private List<Double> kill(int gone) throws IOException, InterruptedException {
        Set<String> pending = new TreeSet<>(topics);
        List<Double> times = new ArrayList<>();
        BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
        try (WalrusClient client = nodes.client(gone % nodes.size() + 1)) {
            long killedNs = System.nanoTime();
            nodes.kill9(gone);
            topics.forEach(topic -> submit(client, topic, answers));
            while (!pending.isEmpty()) {
                Answer answer = answers.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
                if (answer == null) {
                    throw new IOException(pending.size() + " topics take no entries");
                }
                if (answer.outcome() instanceof Outcome.Done) {
                    pending.remove(answer.topic());
                    times.add((answer.atNs() - killedNs) / 1e6);
                } else {
                    TimeUnit.MILLISECONDS.sleep(answers.isEmpty() ? RETRY_PAUSE_MS : 0);
                    submit(client, answer.topic(), answers);
                }
            }
        }
        return times;
    }

    private static void submit(WalrusClient client, String topic, BlockingQueue<Answer> answers) {
        client.submit(
                new Request.Put(topic, ByteBuffer.wrap(new byte[100])),
                outcome -> answers.add(new Answer(topic, outcome, System.nanoTime())));
    }
}

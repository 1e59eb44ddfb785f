package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.walrus.systemtests.node.Json;
import io.walrus.systemtests.node.TopicReader;
import io.walrus.systemtests.node.TopicState;
import io.walrus.testkit.process.NodeCluster;
import io.walrus.testkit.process.NodeProcess;
import io.walrus.testkit.process.NodeSetup;
import io.walrus.testkit.process.Waiting;
import io.walrus.testkit.process.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/// A cluster of small nodes of the classes under test, and what tests want to know of it.
///
/// Used by one thread; connections to it by as many as one likes.
final class Cluster extends NodeCluster {
    /// How long a condition may take that a healthy cluster meets within seconds.
    static final Duration SOON = Waiting.SOON;

    private static final int SHOWN_LINES = 40;

    /// A cluster of that many nodes in a folder; none of them runs yet.
    ///
    /// @param adapted what is to be different from the usual in each node's setup
    Cluster(Path folder, int size, UnaryOperator<NodeSetup> adapted) {
        super(folder, Cluster::small, size, adapted);
    }

    private static NodeSetup small(Path nodeFolder) {
        return NodeSetup.in(nodeFolder)
                .with("WALRUS_REQUEST_TIMEOUT_MS", 3_000)
                .with("WALRUS_TAIL_MEMORY_BYTES", 32 << 20);
    }

    /// Starts all nodes at once, and waits until they serve.
    Cluster start() throws IOException {
        start(ids());
        return this;
    }

    /// Waits until no sealed segment lacks a copy, as every node has it.
    void awaitAllCopies() {
        for (int id : ids()) {
            await("node " + id + " knows of no segment that lacks a copy", () -> {
                try {
                    return Json.metrics(node(id)).path("under_replicated").asInt(-1) == 0;
                } catch (IOException _) {
                    return false;
                }
            });
        }
    }

    static List<Integer> voters(JsonNode metrics) {
        JsonNode configs = metrics.get("membership_config").get("membership").get("configs");
        List<Integer> voters = new ArrayList<>();
        configs.get(configs.size() - 1).forEach(voter -> voters.add(voter.asInt()));
        return voters;
    }

    TopicState state(int id, String topic) throws IOException {
        try (Wire wire = connect(id)) {
            return TopicState.of(new TopicReader(wire, topic, SOON).ask("STATE " + topic), topic);
        }
    }

    /// The node that leads the topic's open segment, as a running node has it.
    int leaderOf(String topic) throws IOException {
        return state(alive(), topic).leader();
    }

    void register(String... topics) throws IOException {
        try (Wire wire = connect(alive())) {
            for (String topic : topics) {
                wire.done("REGISTER " + topic);
            }
        }
    }

    /// Registers topics until a node leads one.
    ///
    /// @return its name
    String topicLedBy(int id, String prefix) throws IOException {
        for (int i = 0; i < 100; i++) {
            String topic = prefix + i;
            register(topic);
            if (leaderOf(topic) == id) {
                return topic;
            }
        }
        throw new AssertionError("of 100 topics none is led by node " + id);
    }

    /// Reads a topic through a node and compares it with all that was sent to it.
    void check(int via, String topic, List<History> histories) throws IOException {
        LogCheck check = new LogCheck(topic, histories);
        try (Wire wire = connect(via)) {
            new TopicReader(wire, topic, SOON).readAll(check);
        }
        check.finish();
    }

    /// Reads a topic through a node: `entry-0` and so on.
    void assertEntries(int via, String topic, int count) throws IOException {
        List<String> entries = new ArrayList<>();
        try (Wire wire = connect(via)) {
            new TopicReader(wire, topic, SOON).readAll(entry -> entries.add(new String(entry, StandardCharsets.UTF_8)));
        }
        assertThat(entries)
                .isEqualTo(IntStream.range(0, count).mapToObj(i -> "entry-" + i).toList());
    }

    /// What users and faults do is no reason for a stack trace.
    void assertUnruffled() {
        for (int id : ids()) {
            processes(id).forEach(NodeProcess::assertUnruffledToTheEnd);
        }
    }

    static void await(String what, BooleanSupplier condition) {
        Awaitility.await(what)
                .atMost(SOON)
                .pollDelay(Duration.ZERO)
                .pollInterval(20, TimeUnit.MILLISECONDS)
                .until(condition::getAsBoolean);
    }

    /// The last that each node said.
    String lastWords() {
        StringBuilder text = new StringBuilder();
        for (int id : ids()) {
            for (int run = 0; run < processes(id).size(); run++) {
                List<String> lines = processes(id).get(run).output().lines().toList();
                text.append("== node %d, start %d, last of %d lines%n".formatted(id, run + 1, lines.size()));
                lines.stream()
                        .skip(Math.max(0, lines.size() - SHOWN_LINES))
                        .forEach(line -> text.append(line).append(System.lineSeparator()));
            }
        }
        return text.toString();
    }

    /// Keeps all that the nodes said, beside what is built.
    ///
    /// @return the folder
    Path keepLogs(String name) throws IOException {
        Path kept = Files.createDirectories(Path.of("target", name).toAbsolutePath());
        for (int id : ids()) {
            for (int run = 0; run < processes(id).size(); run++) {
                String file = "node%d-start%d.log".formatted(id, run + 1);
                Files.writeString(kept.resolve(file), processes(id).get(run).output());
            }
        }
        return kept;
    }
}

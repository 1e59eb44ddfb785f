package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.walrus.systemtests.node.NodeProcess;
import io.walrus.systemtests.node.NodeSetup;
import io.walrus.systemtests.node.Together;
import io.walrus.systemtests.node.TopicReader;
import io.walrus.systemtests.node.TopicState;
import io.walrus.systemtests.node.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/// Nodes of one cluster, each a process with a folder and ports of its own. All but node 1 join it. Closing it kills
/// whatever still runs.
///
/// Used by one thread; connections to it by as many as one likes.
final class Cluster implements AutoCloseable {
    /// How long a condition may take that a healthy cluster meets within seconds.
    static final Duration SOON = Duration.ofSeconds(60);

    private static final int SHOWN_LINES = 40;

    private final Path folder;
    private final Map<Integer, NodeSetup> setups = new TreeMap<>();
    private final Map<Integer, List<NodeProcess>> runs = new TreeMap<>();

    /// A cluster of that many nodes in a folder; none of them runs yet.
    ///
    /// @param adapted what is to be different from the usual in each node's setup
    Cluster(Path folder, int size, UnaryOperator<NodeSetup> adapted) {
        this.folder = folder;
        for (int id = 1; id <= size; id++) {
            define(id, 1, adapted);
        }
    }

    /// Adds a node, which is to join another one. It doesn't run yet.
    void define(int id, int joined, UnaryOperator<NodeSetup> adapted) {
        NodeSetup own = adapted.apply(NodeSetup.in(folder.resolve("node" + id))
                .withFlags("--node-id", Integer.toString(id))
                .with("WALRUS_REQUEST_TIMEOUT_MS", 3_000)
                .with("WALRUS_TAIL_MEMORY_BYTES", 32 << 20));
        setups.put(id, joined == id ? own : own.withFlags("--join", raftAddress(joined)));
        runs.put(id, new ArrayList<>());
    }

    /// Where other nodes reach it.
    String raftAddress(int id) {
        NodeSetup setup = setup(id);
        int advertised = setup.flags().indexOf("--raft-advertise-host");
        return (advertised < 0 ? "127.0.0.1" : setup.flags().get(advertised + 1)) + ":" + setup.raftPort();
    }

    NodeSetup setup(int id) {
        return Objects.requireNonNull(setups.get(id), () -> "no node " + id);
    }

    /// From now on the node starts this way.
    void change(int id, UnaryOperator<NodeSetup> change) {
        setups.put(id, change.apply(setup(id)));
    }

    int[] ids() {
        return setups.keySet().stream().mapToInt(Integer::intValue).toArray();
    }

    int[] idsWithout(int id) {
        return Arrays.stream(ids()).filter(other -> other != id).toArray();
    }

    /// Starts all nodes at once, and waits until they serve.
    Cluster start() throws IOException {
        start(ids());
        return this;
    }

    /// Starts some nodes at once, and waits until they serve as voters.
    void start(int... ids) throws IOException {
        launch(ids);
        for (int id : ids) {
            node(id).awaitServing();
        }
        awaitVoters(ids);
    }

    /// Starts some nodes at once, and waits for nothing.
    void launch(int... ids) throws IOException {
        for (int id : ids) {
            runsOf(id).add(NodeProcess.launch(setup(id)));
        }
    }

    /// Waits until these nodes know a leader and take themselves and each other for voters.
    void awaitVoters(int... ids) {
        List<Integer> expected = IntStream.of(ids).boxed().toList();
        for (int id : ids) {
            await("node " + id + " knows " + expected + " as voters", () -> {
                assertThat(node(id).isAlive()).as("node %d runs", id).isTrue();
                try {
                    JsonNode metrics = node(id).metrics();
                    return metrics.get("current_leader").isNumber()
                            && voters(metrics).containsAll(expected);
                } catch (IOException _) {
                    return false;
                }
            });
        }
    }

    /// Waits until no sealed segment lacks a copy, as every node has it.
    void awaitAllCopies() {
        for (int id : ids()) {
            await("node " + id + " knows of no segment that lacks a copy", () -> {
                try {
                    return node(id).metrics().path("under_replicated").asInt(-1) == 0;
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

    boolean runs(int id) {
        return !runsOf(id).isEmpty() && node(id).isAlive();
    }

    /// The node's latest process.
    NodeProcess node(int id) {
        return runsOf(id).getLast();
    }

    InetSocketAddress[] addresses(int... ids) {
        return Arrays.stream(ids).mapToObj(id -> node(id).address()).toArray(InetSocketAddress[]::new);
    }

    Wire connect(int id) throws IOException {
        return node(id).connect();
    }

    /// Ends nodes as a crash would, all at once.
    void kill9(int... ids) {
        Together.run(ids.length, index -> node(ids[index]).kill9());
    }

    /// Asks nodes to stop, all at once.
    void terminate(int... ids) {
        Together.run(ids.length, index -> node(ids[index]).terminate());
    }

    int metadataLeader() throws IOException {
        return node(alive()).metrics().get("current_leader").asInt();
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

    /// What users and faults do is no reason for a stack trace.
    void assertUnruffled() {
        runs.forEach((id, processes) -> processes.forEach(NodeProcess::assertUnruffledToTheEnd));
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
        runs.forEach((id, processes) -> {
            for (int run = 0; run < processes.size(); run++) {
                List<String> lines = processes.get(run).output().lines().toList();
                text.append("== node %d, start %d, last of %d lines%n".formatted(id, run + 1, lines.size()));
                lines.stream()
                        .skip(Math.max(0, lines.size() - SHOWN_LINES))
                        .forEach(line -> text.append(line).append(System.lineSeparator()));
            }
        });
        return text.toString();
    }

    /// Keeps all that the nodes said, beside what is built.
    ///
    /// @return the folder
    Path keepLogs(String name) throws IOException {
        Path kept = Files.createDirectories(Path.of("target", name).toAbsolutePath());
        for (Map.Entry<Integer, List<NodeProcess>> node : runs.entrySet()) {
            for (int run = 0; run < node.getValue().size(); run++) {
                String file = "node%d-start%d.log".formatted(node.getKey(), run + 1);
                Files.writeString(kept.resolve(file), node.getValue().get(run).output());
            }
        }
        return kept;
    }

    @Override
    public void close() throws IOException {
        for (List<NodeProcess> processes : runs.values()) {
            for (NodeProcess process : processes) {
                process.close();
            }
            processes.clear();
        }
    }

    private int alive() {
        return Arrays.stream(ids())
                .filter(this::runs)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no node runs"));
    }

    private List<NodeProcess> runsOf(int id) {
        return Objects.requireNonNull(runs.get(id), () -> "no node " + id);
    }
}

package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.systemtests.node.Seeds;
import io.walrus.systemtests.node.TopicReader;
import io.walrus.systemtests.node.TopicState;
import io.walrus.testkit.cluster.ClusterHistory;
import io.walrus.testkit.cluster.SimRequest;
import io.walrus.testkit.cluster.SimRequest.Kind;
import io.walrus.testkit.cluster.SimRequest.Outcome;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Three nodes at work, with all kinds of clients, while whatever may go wrong does; then a while in which nothing
/// does, and everything that was promised is compared with what is there.
///
/// `-Dwalrus.soak.seconds=N` says for how long, `-Dwalrus.seed=S` in which order; the times of what happens are those
/// of real nodes and never quite the same again. With `-Dwalrus.soak.wipes=true` nodes lose their data, too; with
/// `-Dwalrus.soak.logs=true` the course of it is printed and the nodes' logs are kept though all was well.
@Timeout(value = 1, unit = TimeUnit.DAYS)
class ClusterSoakTest {
    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("walrus.soak.seconds", 60));
    private static final boolean WIPES = Boolean.getBoolean("walrus.soak.wipes");
    private static final boolean KEEPS_LOGS = Boolean.getBoolean("walrus.soak.logs");
    private static final List<String> TOPICS = List.of("busy", "used", "seldom", "rare");
    private static final int FEWEST_SEGMENT_ENTRIES = 10;

    /// What is remembered of all requests has to fit into memory.
    private static final int MOST_ENTRIES = 300_000;

    private static final int MIN_PACE_MS = 8;
    private static final int WRITERS = 20;

    @RegisterExtension
    final Clusters clusters = new Clusters();

    @TempDir
    private Path folder;

    @Test
    void keepsItsWordWhateverGoesWrong() throws IOException {
        long seed = Seeds.next("soak");
        SplittableRandom random = new SplittableRandom(seed);
        Network network = clusters.network(3);
        Cluster cluster = clusters.of(0, folder);
        int segmentEntries = FEWEST_SEGMENT_ENTRIES << random.nextInt(5);
        try (FaultInjector injector = new FaultInjector(cluster, network, folder, 3, segmentEntries)) {
            cluster.start();
            cluster.register(TOPICS.toArray(String[]::new));
            long paceMs = Math.max(MIN_PACE_MS, 1_000 * TIME.toSeconds() * WRITERS / MOST_ENTRIES);
            InetSocketAddress[] nodes = cluster.addresses(cluster.ids());
            try (SoakClients clients = new SoakClients(TOPICS, random.nextLong(), paceMs, nodes)) {
                SoakRun run = new SoakRun(cluster, injector, clients, random.split(), WIPES);
                try {
                    run.run(TIME);
                    clients.end();
                    judge(cluster, clients);
                    cluster.assertUnruffled();
                } catch (AssertionError | RuntimeException | IOException e) {
                    injector.thaw();
                    Path logs = cluster.keepLogs("soak-" + seed);
                    // Clients wait for nodes that stand still.
                    cluster.kill9(cluster.ids());
                    throw new AssertionError(
                            "%s%n  seed %d; the nodes' logs are in %s; what went wrong:%n    %s"
                                    .formatted(e.getMessage(), seed, logs, String.join("\n    ", run.timeline())),
                            e);
                }
                System.err.println(summary(seed, segmentEntries, clients, run));
                if (KEEPS_LOGS) {
                    Path logs = cluster.keepLogs("soak-" + seed);
                    System.err.println("logs in " + logs + "\n    " + String.join("\n    ", run.timeline()));
                }
            }
        }
    }

    private static void judge(Cluster cluster, SoakClients clients) throws IOException {
        for (String topic : TOPICS) {
            drain(cluster, clients, topic);
            List<String> chain = readEverywhere(cluster, clients, topic);
            clients.history().check(topic, chain, false);
        }
    }

    /// Takes all that GET hands out, through all nodes in turn.
    private static void drain(Cluster cluster, SoakClients clients, String topic) throws IOException {
        List<RecordedConnection> connections = new ArrayList<>();
        try {
            for (int id : cluster.ids()) {
                connections.add(clients.connect(id));
            }
            SimRequest get = clients.request(Kind.GET, topic);
            for (int i = 0; get.outcome() != Outcome.EMPTY; i++) {
                get = connections.get(i % connections.size()).ask(clients.request(Kind.GET, topic));
                assertThat(get.outcome()).as("%s, when nothing is wrong", get).isIn(Outcome.OK, Outcome.EMPTY);
            }
            for (RecordedConnection connection : connections) {
                SimRequest last = connection.ask(clients.request(Kind.GET, topic));
                assertThat(last.outcome()).as("%s at the end", last).isEqualTo(Outcome.EMPTY);
            }
        } finally {
            for (RecordedConnection connection : connections) {
                connection.close();
            }
        }
    }

    /// Reads the whole log through every node, all of which have to bring the same.
    private static List<String> readEverywhere(Cluster cluster, SoakClients clients, String topic) throws IOException {
        List<String> chain = List.of();
        TopicState first = null;
        for (int id : cluster.ids()) {
            List<String> read = new ArrayList<>();
            try (RecordedConnection connection = clients.connect(id)) {
                TopicState state = Objects.requireNonNull(
                        connection.state(clients.request(Kind.STATE, topic)), "STATE is refused");
                assertThat(first == null || first.equals(state))
                        .as("node %d has %s, another one %s", id, state, first)
                        .isTrue();
                first = state;
                clients.seen(topic).finalState(state);
                new TopicReader(connection.unrecorded(), topic, Cluster.SOON).readAll((segment, offset, entry) -> {
                    clients.seen(topic).entry(segment, offset, entry);
                    read.add(new String(entry, StandardCharsets.UTF_8));
                });
                assertThat(state.unread()).as("unread after all was taken").isZero();
            }
            assertThat(chain.isEmpty() || chain.equals(read))
                    .as("node %d brings the same %d entries of %s as the others", id, chain.size(), topic)
                    .isTrue();
            chain = read;
        }
        return chain;
    }

    private static String summary(long seed, int segmentEntries, SoakClients clients, SoakRun run) {
        ClusterHistory history = clients.history();
        return "soak of %d s, seed %d, segments of %d: %d acknowledged, %d handed out, %d unknown, %d refused; %s; %s"
                .formatted(
                        TIME.toSeconds(),
                        seed,
                        segmentEntries,
                        history.count(request -> request.kind() == Kind.PUT && request.outcome() == Outcome.OK),
                        history.count(request -> request.kind() == Kind.GET && request.outcome() == Outcome.OK),
                        history.count(request -> request.outcome() == Outcome.UNKNOWN),
                        history.count(request -> request.outcome() == Outcome.REFUSED),
                        run.counts(),
                        longestPause(history, run));
    }

    /// The longest time without an acknowledged entry of the busiest topic.
    private static String longestPause(ClusterHistory history, SoakRun run) {
        long[] doneNs = history.of(TOPICS.getFirst(), Kind.PUT).stream()
                .filter(put -> put.outcome() == Outcome.OK)
                .mapToLong(SimRequest::doneNs)
                .sorted()
                .toArray();
        long longestNs = 0;
        long endedNs = 0;
        for (int i = 1; i < doneNs.length; i++) {
            if (doneNs[i] - doneNs[i - 1] > longestNs) {
                longestNs = doneNs[i] - doneNs[i - 1];
                endedNs = doneNs[i];
            }
        }
        return "longest pause %d ms, to %s".formatted(longestNs / 1_000_000, run.time(endedNs));
    }
}

package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.systemtests.node.Json;
import io.walrus.systemtests.node.Seeds;
import io.walrus.systemtests.node.Stamp;
import io.walrus.systemtests.node.TopicReader;
import io.walrus.systemtests.node.TopicState;
import io.walrus.testkit.process.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Restarts of any node and of all of them, asked for or not, while the metadata is written out all the time: topics,
/// segments, counts and cursors stay what they were.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@Tag("slow")
class ClusterRestartTest {
    private static final int ROUNDS = 5;
    private static final int PER_ROUND = 73;
    private static final List<String> TOPICS = List.of("a", "b", "c", "d", "logs");

    @RegisterExtension
    final Clusters clusters = new Clusters();

    @TempDir
    private Path folder;

    private final Map<String, History> histories = new LinkedHashMap<>();
    private final Map<String, Integer> taken = new LinkedHashMap<>();

    @Test
    void oneNodeAfterTheOther() throws IOException {
        restart("one node after the other", (cluster, random) -> {
            int id = 1 + random.nextInt(3);
            stop(cluster, random, id);
            cluster.start(id);
        });
    }

    @Test
    void allNodesAtOnce() throws IOException {
        restart("all nodes at once", (cluster, random) -> {
            stop(cluster, random, cluster.ids());
            List<Integer> order =
                    new ArrayList<>(IntStream.of(cluster.ids()).boxed().toList());
            Collections.shuffle(order, random);
            for (int id : order) {
                cluster.launch(id);
            }
            for (int id : order) {
                cluster.node(id).awaitServing();
            }
        });
    }

    @Test
    void eachNodeInTurn() throws IOException {
        restart("each node in turn", (cluster, random) -> {
            for (int id : cluster.ids()) {
                stop(cluster, random, id);
                cluster.start(id);
            }
        });
    }

    /// How a cluster is restarted.
    @FunctionalInterface
    private interface Way {
        void restart(Cluster cluster, Random random) throws IOException;
    }

    private void restart(String name, Way way) throws IOException {
        Random random = new Random(Seeds.next(name));
        Cluster cluster = clusters.of(
                        3,
                        folder,
                        setup -> setup.with("WALRUS_MAX_SEGMENT_ENTRIES", 10)
                                .with("WALRUS_MONITOR_CHECK_MS", 50)
                                .with("WALRUS_SNAPSHOT_EVERY", 50))
                .start();
        for (String topic : TOPICS) {
            cluster.register(topic);
            histories.put(topic, new History(topic, topic));
            taken.put(topic, 0);
        }
        for (int round = 0; round < ROUNDS; round++) {
            write(cluster, round);
            for (String topic : TOPICS) {
                take(cluster, 1 + random.nextInt(3), topic, 1 + random.nextInt(PER_ROUND));
            }
            Map<String, TopicState> before = states(cluster, 1 + round % 3);
            way.restart(cluster, random);
            cluster.awaitVoters(cluster.ids());
            for (int id : cluster.ids()) {
                requireKept(before, states(cluster, id));
            }
            for (String topic : TOPICS) {
                cluster.check(1 + random.nextInt(3), topic, List.of(history(topic)));
            }
        }
        for (int id : cluster.ids()) {
            assertThat(Json.metrics(cluster.node(id)).get("snapshot").asLong())
                    .as("a snapshot of node %d", id)
                    .isPositive();
        }
        for (String topic : TOPICS) {
            take(cluster, 1 + random.nextInt(3), topic, history(topic).sent() - taken(topic));
            assertThat(cluster.node(1).ask("GET " + topic).isEmpty()).isTrue();
        }
        cluster.assertUnruffled();
    }

    private static void stop(Cluster cluster, Random random, int... ids) {
        if (random.nextBoolean()) {
            cluster.kill9(ids);
        } else {
            cluster.terminate(ids);
        }
    }

    private void write(Cluster cluster, int round) {
        List<Sender> senders = new ArrayList<>();
        for (History history : histories.values()) {
            senders.add(new Sender(history, 4, cluster.addresses(1 + (senders.size() + round) % 3)));
        }
        Load.put(PER_ROUND * (round + 1), senders);
        assertThat(histories.values())
                .allMatch(history ->
                        history.acknowledged() == history.sent() && history.sent() == PER_ROUND * (round + 1));
    }

    /// Takes entries, which are the next ones.
    private void take(Cluster cluster, int via, String topic, int most) throws IOException {
        try (Wire wire = cluster.connect(via)) {
            TopicReader patient = new TopicReader(wire, topic, Cluster.SOON);
            int end = Math.min(history(topic).sent(), taken(topic) + most);
            for (int next = taken(topic); next < end; next++) {
                assertThat(Stamp.of(patient.ask("GET " + topic).payload())).isEqualTo(new Stamp(topic, next));
            }
            taken.put(topic, end);
        }
    }

    private History history(String topic) {
        return Objects.requireNonNull(histories.get(topic), topic);
    }

    private int taken(String topic) {
        return Objects.requireNonNull(taken.get(topic), topic);
    }

    private static Map<String, TopicState> states(Cluster cluster, int via) throws IOException {
        Map<String, TopicState> states = new LinkedHashMap<>();
        for (String topic : TOPICS) {
            states.put(topic, cluster.state(via, topic));
        }
        assertThat(Json.metrics(cluster.node(via)).get("topics").asInt()).isEqualTo(TOPICS.size());
        return states;
    }

    /// What was sealed is sealed as it was; what was open may have been sealed by the restart.
    private static void requireKept(Map<String, TopicState> before, Map<String, TopicState> after) {
        for (String topic : TOPICS) {
            TopicState was = Objects.requireNonNull(before.get(topic), topic);
            TopicState is = Objects.requireNonNull(after.get(topic), topic);
            assertThat(is.sealed()).as(topic).containsAllEntriesOf(was.sealed());
            assertThat(is.entries()).as(topic).isEqualTo(was.entries());
            assertThat(is.unread()).as(topic).isEqualTo(was.unread());
            assertThat(is.leaders()).as(topic).containsAllEntriesOf(sealedLeaders(was));
        }
    }

    private static Map<Long, Integer> sealedLeaders(TopicState state) {
        Map<Long, Integer> leaders = new LinkedHashMap<>(state.leaders());
        leaders.keySet().retainAll(state.sealed().keySet());
        return leaders;
    }
}

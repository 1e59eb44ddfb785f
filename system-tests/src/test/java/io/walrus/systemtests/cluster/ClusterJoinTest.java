package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.walrus.systemtests.node.Json;
import io.walrus.testkit.process.Ended;
import io.walrus.testkit.process.NodeProcess;
import io.walrus.testkit.process.NodeSetup;
import io.walrus.testkit.process.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How nodes come together, and how one that can't is told so.
@Timeout(value = 3, unit = TimeUnit.MINUTES)
@Tag("slow")
class ClusterJoinTest {
    private static final int CANNOT_RUN = 1;

    @RegisterExtension
    final Clusters clusters = new Clusters();

    @TempDir
    private Path folder;

    @Test
    void twoNodesMayJoinAtOnceThenAFourthAndAFifthThroughFollowers() throws IOException {
        Cluster cluster = clusters.of(3, folder);
        cluster.start(1);
        cluster.register("before");
        put(cluster, 1, "before", "1");
        cluster.start(2, 3);
        cluster.awaitVoters(1, 2, 3);
        requireSeen(cluster, "before", "1");

        int leader = cluster.metadataLeader();
        int[] followers = cluster.idsWithout(leader);
        cluster.define(4, followers[0], setup -> setup);
        cluster.define(5, followers[1], setup -> setup);
        cluster.start(4, 5);
        cluster.awaitVoters(cluster.ids());
        for (int id : cluster.ids()) {
            requireDescribesAll(cluster, id);
        }
        cluster.register("after");
        for (int id : cluster.ids()) {
            put(cluster, id, "after", "through " + id);
        }
        requireSeen(cluster, "after", "through 1", "through 2", "through 3", "through 4", "through 5");
        cluster.assertUnruffled();
    }

    @Test
    void theNodeThatIsJoinedMayStartLast() throws IOException {
        Cluster cluster = clusters.of(3, folder);
        cluster.launch(3, 2);
        for (int id : new int[] {2, 3}) {
            requireSays(cluster.node(id), cluster.raftAddress(1));
        }
        cluster.start(1);
        cluster.awaitVoters(1, 2, 3);
        for (int id : cluster.ids()) {
            put(cluster, id, "logs", "through " + id);
        }
        requireSeen(cluster, "logs", "through 1", "through 2", "through 3");
    }

    /// With the flag it came with, without it, and with one that leads nowhere: the folder knows better.
    @ParameterizedTest
    @ValueSource(strings = {"same", "none", "wrong"})
    void aNodeThatHasJoinedResumes(String join) throws IOException {
        Cluster cluster = clusters.of(3, folder).start();
        put(cluster, 3, "logs", "first");
        NodeSetup joined = cluster.setup(3);
        NodeSetup without = joined.withoutFlag("--join");
        cluster.terminate(3);
        cluster.change(3, _ -> switch (join) {
            case "none" -> without;
            case "wrong" -> without.withFlags("--join", "127.0.0.1:1");
            case "same" -> joined;
            case String other -> throw new IllegalArgumentException(other);
        });
        cluster.start(3);
        cluster.awaitVoters(cluster.ids());
        put(cluster, 3, "logs", "second");
        requireSeen(cluster, "logs", "first", "second");
    }

    /// One that founded a cluster may be told to join itself when it starts again, as in a list all nodes share.
    @Test
    void aFounderResumesWithAnyJoinFlag() throws IOException {
        Cluster cluster = clusters.of(3, folder).start();
        put(cluster, 1, "logs", "first");
        cluster.terminate(1);
        cluster.change(1, setup -> setup.withFlags("--join", cluster.raftAddress(2)));
        cluster.start(1);
        cluster.awaitVoters(cluster.ids());
        requireSeen(cluster, "logs", "first");
    }

    @Test
    void theFolderOfAnotherClusterIsRefused() throws IOException {
        Cluster stranger = clusters.of(0, folder.resolve("stranger"));
        stranger.define(2, 2, setup -> setup);
        stranger.start();
        put(stranger, 2, "logs", "theirs");
        stranger.terminate(2);

        Cluster cluster = clusters.of(1, folder.resolve("ours")).start();
        requireRefused(stranger.setup(2).withFlags("--join", cluster.raftAddress(1)), "cluster");

        stranger.start();
        requireSeen(stranger, "logs", "theirs");
    }

    @Test
    void theFolderOfAnotherNodeIsRefused() throws IOException {
        Cluster cluster = clusters.of(3, folder).start();
        cluster.terminate(3);
        requireRefused(
                cluster.setup(2)
                        .withDataDirectory(cluster.setup(3).dataDirectory())
                        .withPorts(
                                cluster.setup(3).clientPort(), cluster.setup(3).raftPort()),
                "belongs to node 3");
        cluster.start(3);
        cluster.awaitVoters(cluster.ids());
    }

    /// Two nodes of one number would take each other's place.
    @Test
    void aSecondNodeOfTheSameNumberIsRefused() throws IOException {
        Cluster cluster = clusters.of(3, folder).start();
        NodeSetup double2 =
                NodeSetup.in(folder.resolve("double")).withFlags("--node-id", "2", "--join", cluster.raftAddress(1));
        requireRefused(double2, "node 2");
        put(cluster, 2, "logs", "goes on");
        requireSeen(cluster, "logs", "goes on");
    }

    @Test
    void aNewNodeCannotJoinItself() throws IOException {
        NodeSetup alone = NodeSetup.in(folder);
        requireRefused(alone.withFlags("--join", "127.0.0.1:" + alone.raftPort()), "is this node itself");
    }

    @Test
    void aClientPortIsNoPlaceToJoinAt() throws IOException {
        Cluster cluster = clusters.of(2, folder);
        cluster.start(1);
        String clients = "127.0.0.1:" + cluster.setup(1).clientPort();
        cluster.change(2, setup -> setup.withoutFlag("--join").withFlags("--join", clients));
        cluster.launch(2);
        requireSays(cluster.node(2), clients + " is not the raft port of a node");
        cluster.kill9(2);
    }

    @Test
    void aJoinThatLeadsNowhereIsNamedAndTriedAgain() throws IOException {
        Cluster cluster = clusters.of(2, folder);
        cluster.launch(2);
        requireSays(cluster.node(2), cluster.raftAddress(1));
        assertThat(cluster.node(2).isAlive()).isTrue();
        cluster.start(1);
        cluster.awaitVoters(1, 2);
        cluster.node(2).assertUnruffled();
    }

    private static void requireSays(NodeProcess node, String text) {
        Cluster.await("the node says " + text, () -> node.output().contains(text));
        node.assertUnruffled();
    }

    /// One line on standard error, and exit code 1.
    private static void requireRefused(NodeSetup setup, String named) throws IOException {
        Ended ended = setup.with("WALRUS_LOG", "error").run().exited(CANNOT_RUN);
        assertThat(ended.err().lines())
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith("walrus-node: ")
                        .contains(named)
                        .doesNotContain("Exception"));
    }

    private static void requireDescribesAll(Cluster cluster, int id) throws IOException {
        JsonNode metrics = Json.metrics(cluster.node(id));
        assertThat(metrics.get("id").asInt()).isEqualTo(id);
        assertThat(Cluster.voters(metrics)).containsExactlyInAnyOrder(1, 2, 3, 4, 5);
        JsonNode nodes = metrics.get("membership_config").get("membership").get("nodes");
        for (int other : cluster.ids()) {
            assertThat(nodes.get(Integer.toString(other)).get("addr").asText()).isEqualTo(cluster.raftAddress(other));
        }
        int leader = metrics.get("current_leader").asInt();
        assertThat(metrics.get("state").asText()).isEqualTo(id == leader ? "Leader" : "Follower");
        assertThat(metrics.has("replication")).isEqualTo(id == leader);
        if (id == leader) {
            assertThat(metrics.get("replication").size()).isEqualTo(5);
        }
    }

    private static void put(Cluster cluster, int via, String topic, String entry) throws IOException {
        cluster.node(via).ask("PUT " + topic + " " + entry).requireOk();
    }

    /// GET hands these out and nothing more, whichever node is asked.
    private static void requireSeen(Cluster cluster, String topic, String... entries) throws IOException {
        List<Integer> running =
                IntStream.of(cluster.ids()).filter(cluster::runs).boxed().toList();
        for (int i = 0; i < entries.length; i++) {
            try (Wire wire = cluster.connect(running.get(i % running.size()))) {
                assertThat(wire.ask("GET " + topic).payloadText()).isEqualTo(entries[i]);
            }
        }
        for (int id : running) {
            assertThat(cluster.node(id).ask("GET " + topic).isEmpty()).isTrue();
        }
    }
}

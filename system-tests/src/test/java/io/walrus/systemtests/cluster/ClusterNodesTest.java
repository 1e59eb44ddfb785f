package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.walrus.systemtests.node.Json;
import io.walrus.testkit.process.NodeProcess;
import io.walrus.testkit.process.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// What operators do with nodes under load: look at them, drain them, and take them out, alive or dead.
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class ClusterNodesTest {
    private static final int UNDER_WAY = 8;
    private static final int ENOUGH = 200;

    @RegisterExtension
    final Clusters clusters = new Clusters();

    @TempDir
    private Path folder;

    @Test
    void nodesAreTakenOutUnderLoad() throws IOException {
        Cluster cluster = clusters.of(3, folder).start();
        String topic = "topic";
        cluster.register(topic);
        cluster.define(4, 1, setup -> setup);
        cluster.define(5, 1, setup -> setup);
        cluster.start(4, 5);
        List<History> histories;
        try (Load load = new Load(senders(cluster, topic));
                Wire wire = cluster.connect(1)) {
            load.awaitProgress(topic, ENOUGH);
            assertThat(wire.ask("REMOVE 4").text())
                    .isEqualTo("ERR REMOVE is not possible: node 4 is active: DRAIN it first");
            wire.done("DRAIN 4");
            wire.done("DRAIN 4");
            assertThat(node(wire, 4).get("status").asText()).isEqualTo("leaving");
            wire.done("RESUME 4");
            assertThat(node(wire, 4).get("status").asText()).isEqualTo("active");
            wire.done("DRAIN 4");
            Cluster.await("node 4 is removed", () -> ask(wire, "REMOVE 4").equals("OK"));
            NodeProcess removed = cluster.node(4);
            assertThat(removed.awaitEnd()).isZero();
            assertThat(removed.output()).contains("node 4 was removed from the cluster and ends");
            assertThat(wire.ask("REMOVE 4").text()).isEqualTo("ERR unknown node 4: CLUSTER lists them");

            cluster.kill9(5);
            Cluster.await(
                    "node 5 counts as dead", () -> !node(wire, 5).get("alive").asBoolean());
            wire.done("DRAIN 5");
            Cluster.await("node 5 is removed", () -> ask(wire, "REMOVE 5").equals("OK"));
            for (int id : new int[] {1, 2, 3}) {
                Cluster.await(
                        "node " + id + " knows the voters that are left",
                        () -> voters(cluster, id).equals(List.of(1, 2, 3)));
            }
            load.awaitProgress(topic, ENOUGH);
            histories = load.end();
        }
        cluster.launch(4);
        assertThat(cluster.node(4).awaitEnd()).isEqualTo(1);
        assertThat(cluster.node(4).output()).contains("was removed from the cluster");
        for (int via : new int[] {1, 2, 3}) {
            cluster.check(via, topic, histories);
        }
        cluster.assertUnruffled();
    }

    @Test
    void whatCanNotBeDoneIsSaidAndTheLeaderOfTheMetadataPassesThatOn() throws IOException {
        Cluster cluster = clusters.of(3, folder).start();
        int leader = cluster.metadataLeader();
        int[] others = cluster.idsWithout(leader);
        try (Wire wire = cluster.connect(others[0])) {
            assertThat(wire.ask("DRAIN 9").text()).isEqualTo("ERR unknown node 9: CLUSTER lists them");
            assertThat(wire.ask("DRAIN " + leader).text())
                    .isEqualTo("ERR DRAIN is not possible: it would leave 2 active nodes for 3 copies of each segment:"
                            + " add a node first, or force it with DRAIN " + leader + " force");
            wire.done("DRAIN " + leader + " force");
            Cluster.await("another node leads the metadata", () -> {
                int now = cluster(wire).get("metadata_leader").asInt();
                return now != leader && now != 0;
            });
            wire.done("DRAIN " + others[0] + " force");
            assertThat(wire.ask("DRAIN " + others[1] + " force").text())
                    .isEqualTo("ERR DRAIN is not possible: no other active node is alive that could take what node "
                            + others[1] + " has");
            for (int id : cluster.ids()) {
                wire.done("RESUME " + id);
            }
            for (JsonNode node : cluster(wire).get("nodes")) {
                assertThat(node.get("status").asText()).isEqualTo("active");
                assertThat(node.get("alive").asBoolean()).isTrue();
                assertThat(node.get("log").asText()).isEqualTo("ok");
            }
        }
        cluster.assertUnruffled();
    }

    private static List<Sender> senders(Cluster cluster, String topic) {
        List<Sender> senders = new ArrayList<>();
        for (int id : new int[] {1, 2, 3}) {
            InetSocketAddress[] nodes = cluster.addresses(id, 1 + id % 3, 1 + (id + 1) % 3);
            senders.add(new Sender(new History(topic, topic + "." + id), UNDER_WAY, nodes));
        }
        return senders;
    }

    private static JsonNode cluster(Wire wire) {
        try {
            return Json.of(wire.ask("CLUSTER"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode node(Wire wire, int id) {
        for (JsonNode node : cluster(wire).get("nodes")) {
            if (node.get("id").asInt() == id) {
                return node;
            }
        }
        throw new AssertionError("CLUSTER knows no node " + id);
    }

    private static String ask(Wire wire, String request) {
        try {
            return wire.ask(request).text();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Integer> voters(Cluster cluster, int id) {
        try {
            return Cluster.voters(Json.metrics(cluster.node(id)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}

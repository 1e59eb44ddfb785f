package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.walrus.systemtests.node.Json;
import io.walrus.systemtests.node.Mount;
import io.walrus.systemtests.node.Stamp;
import io.walrus.testkit.process.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A disk that neither fails nor returns: its node stays alive, and gives up what it leads.
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class ClusterStallTest {
    private static final int DISK_MEGABYTES = 900;
    private static final int UNDER_WAY = 16;
    private static final int ENOUGH = 200;

    @RegisterExtension
    final Clusters clusters = new Clusters();

    @TempDir
    private Path folder;

    /// @param hung node 1 leads the metadata too, as it was the first
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void othersLeadWhileTheDiskOfOneHangs(int hung) throws IOException {
        try (Mount disk = Mount.onDevice(folder.resolve("node" + hung), folder.resolve("image"), DISK_MEGABYTES)) {
            Cluster cluster = clusters.of(
                    3,
                    folder,
                    setup -> setup.with("WALRUS_STALL_TIMEOUT_MS", 1_000).with("WALRUS_MIN_FREE_BYTES", 16 << 20));
            cluster.start(1);
            cluster.start(2, 3);
            othersLead(cluster, disk, hung);
        }
    }

    private static void othersLead(Cluster cluster, Mount disk, int hung) throws IOException {
        List<String> topics = new ArrayList<>();
        List<History> histories;
        int well = 1 + hung % 3;
        try (Load load = new Load(senders(cluster, topics, hung))) {
            topics.forEach(topic -> load.awaitProgress(topic, ENOUGH));
            disk.freeze();
            try {
                topics.forEach(topic -> load.awaitProgress(topic, ENOUGH));
                for (String topic : topics) {
                    assertThat(cluster.state(well, topic).leader()).as(topic).isNotEqualTo(hung);
                }
                Cluster.await(
                        "the hung node says so", () -> logState(cluster, hung).equals("stalled"));
                Cluster.await(
                        "others count it as dead",
                        () -> !node(cluster, well, hung).get("alive").asBoolean());
                try (Wire wire = cluster.connect(well)) {
                    Cluster.await("topics are made", () -> isDone(wire, "REGISTER made-meanwhile"));
                }
            } finally {
                disk.thaw();
            }
            Cluster.await("it is well again", () -> logState(cluster, hung).equals("ok"));
            Cluster.await(
                    "others know",
                    () -> node(cluster, well, hung).get("log").asText().equals("ok"));
            topics.forEach(topic -> load.awaitProgress(topic, ENOUGH));
            histories = load.end();
        }
        for (String topic : topics) {
            for (int via : cluster.ids()) {
                cluster.check(via, topic, histories);
            }
        }
        cluster.assertUnruffled();
    }

    /// Writers of a topic led by each node, which begin at nodes that are well.
    private static List<Sender> senders(Cluster cluster, List<String> topics, int hung) throws IOException {
        List<Sender> senders = new ArrayList<>();
        for (int id : cluster.ids()) {
            String topic = cluster.topicLedBy(id, "led-by-" + id + "-");
            topics.add(topic);
            InetSocketAddress[] nodes = cluster.addresses(1 + hung % 3, 1 + (hung + 1) % 3);
            senders.add(new Sender(List.of(new History(topic, topic)), UNDER_WAY, Stamp::kibibyte, nodes));
        }
        return senders;
    }

    private static String logState(Cluster cluster, int id) {
        return ClusterDiskFailureTest.logState(cluster.node(id));
    }

    /// What one node says of another.
    private static JsonNode node(Cluster cluster, int via, int id) {
        try (Wire wire = cluster.connect(via)) {
            for (JsonNode node : Json.of(wire.ask("CLUSTER")).get("nodes")) {
                if (node.get("id").asInt() == id) {
                    return node;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new AssertionError("node " + id + " is not in the cluster");
    }

    private static boolean isDone(Wire wire, String request) {
        try {
            return wire.ask(request).text().equals("OK");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.systemtests.node.Json;
import io.walrus.systemtests.node.Stamp;
import io.walrus.testkit.process.NodeProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The disk of one node of three refuses writes under load: its topics go on through the others while it still runs and
/// says what happened, it ends, and when it comes back nothing is missing.
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class ClusterDiskFailureTest {
    private static final int UNDER_WAY = 64;
    private static final int ENOUGH = 200;
    private static final int FAILS_PAST_BYTES = 9 << 20;
    private static final int ENTRIES = 5 * (FAILS_PAST_BYTES >> 10) / 4;

    @RegisterExtension
    final Clusters clusters = new Clusters();

    @TempDir
    private Path folder;

    @Test
    void topicsGoOnWithoutANodeWhoseDiskFails() throws IOException {
        Cluster cluster = clusters.of(3, folder).start();
        int failing = cluster.metadataLeader();
        List<String> topics = new ArrayList<>();
        List<Sender> senders = new ArrayList<>();
        for (int id : cluster.ids()) {
            String topic = cluster.topicLedBy(id, "led-by-" + id + "-");
            topics.add(topic);
            InetSocketAddress[] nodes = cluster.addresses(id, 1 + id % 3, 1 + (id + 1) % 3);
            senders.add(new Sender(List.of(new History(topic, topic)), UNDER_WAY, Stamp::kibibyte, nodes));
        }
        NodeProcess node = cluster.node(failing);
        List<History> histories;
        try (Load load = new Load(senders)) {
            load.awaitProgress(topics, ENTRIES);
            node.failWritesPast(FAILS_PAST_BYTES);
            long failedNs = System.nanoTime();
            Cluster.await("METRICS says that the log failed", () -> "read_only".equals(logState(node)));
            topics.forEach(topic -> load.awaitProgress(topic, ENOUGH));
            System.err.println("from the failure to %d further entries of each topic: %d ms"
                    .formatted(
                            ENOUGH,
                            Duration.ofNanos(System.nanoTime() - failedNs).toMillis()));
            assertThat(node.awaitEnd()).isEqualTo(1);
            cluster.start(failing);
            topics.forEach(topic -> load.awaitProgress(topic, ENOUGH));
            histories = load.end();
        }
        for (String topic : topics) {
            for (int via : cluster.ids()) {
                cluster.check(via, topic, histories);
            }
        }
        assertThat(node.output()).doesNotContain("\tat ");
        cluster.node(failing).assertUnruffled();
        for (int id : cluster.idsWithout(failing)) {
            cluster.node(id).assertUnruffled();
        }
    }

    static String logState(NodeProcess node) {
        try {
            return Json.metrics(node).get("log").get("state").asText();
        } catch (IOException e) {
            return "not reached: " + e.getMessage();
        }
    }
}

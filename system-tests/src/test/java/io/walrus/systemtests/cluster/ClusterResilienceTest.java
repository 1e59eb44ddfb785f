package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Each node is killed and restarted under load: the others go on, and with its return so do its topics, without a
/// loss.
@Timeout(value = 6, unit = TimeUnit.MINUTES)
@Tag("slow")
class ClusterResilienceTest {
    private static final int TOPICS_PER_NODE = 2;
    private static final int UNDER_WAY = 8;
    private static final int ENOUGH = 50;

    @RegisterExtension
    final Clusters clusters = new Clusters();

    @TempDir
    private Path folder;

    @Test
    void killedNodesReturnWithAllTheyAcknowledged() throws IOException {
        Cluster cluster = clusters.of(
                        3,
                        folder,
                        setup -> setup.with("WALRUS_MAX_SEGMENT_ENTRIES", 2_000).with("WALRUS_MONITOR_CHECK_MS", 100))
                .start();
        List<String> topics = new ArrayList<>();
        List<Sender> senders = new ArrayList<>();
        for (int id : cluster.ids()) {
            for (int i = 0; i < TOPICS_PER_NODE; i++) {
                String topic = cluster.topicLedBy(id, "led-by-" + id + "-" + i + "-");
                topics.add(topic);
                // Each topic is written to through each node, which others take the place of while it is down.
                for (int first : cluster.ids()) {
                    InetSocketAddress[] nodes = cluster.addresses(first, 1 + first % 3, 1 + (first + 1) % 3);
                    senders.add(new Sender(new History(topic, topic + "." + first), UNDER_WAY, nodes));
                }
            }
        }
        List<History> histories;
        try (Load load = new Load(senders)) {
            for (int id : cluster.ids()) {
                topics.forEach(topic -> load.awaitProgress(topic, ENOUGH));
                List<String> others = topicsLedByOthers(cluster, id, topics);
                cluster.kill9(id);
                if (!others.isEmpty()) {
                    load.awaitProgress(others, ENOUGH);
                }
                load.run(Load.TIME.dividedBy(6));
                cluster.start(id);
                topics.forEach(topic -> load.awaitProgress(topic, ENOUGH));
                load.run(Load.TIME.dividedBy(6));
            }
            histories = load.end();
        }
        for (String topic : topics) {
            for (int via : cluster.ids()) {
                cluster.check(via, topic, histories);
            }
        }
        assertThat(histories).allMatch(history -> history.acknowledged() > 0);
        histories.forEach(System.err::println);
        cluster.assertUnruffled();
    }

    private static List<String> topicsLedByOthers(Cluster cluster, int id, List<String> topics) throws IOException {
        List<String> others = new ArrayList<>();
        for (String topic : topics) {
            if (cluster.leaderOf(topic) != id) {
                others.add(topic);
            }
        }
        return others;
    }
}

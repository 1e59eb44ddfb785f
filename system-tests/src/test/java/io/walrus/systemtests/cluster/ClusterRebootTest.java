package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.systemtests.node.TopicReader;
import io.walrus.testkit.process.Folders;
import io.walrus.testkit.process.NodeSetup;
import io.walrus.testkit.process.Wire;
import io.walrus.testkit.process.WireReply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Machines that lose power while entries are not forced to their disks: one that restarted does not vouch for the end
/// of what it stores.
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class ClusterRebootTest {
    private static final int FIRST = 10;
    private static final int ALL = 20;

    @RegisterExtension
    final Clusters clusters = new Clusters();

    @TempDir
    private Path folder;

    @Test
    void whatARestartedMachineLostIsWaitedForAndNotForgotten() throws IOException {
        Cluster cluster = start();
        int leader = cluster.metadataLeader();
        int[] others = cluster.idsWithout(leader);
        int restarted = others[0];
        int behind = others[1];
        String topic = cluster.topicLedBy(leader, "led-");
        put(cluster, leader, topic, 0, FIRST);

        cluster.kill9(restarted);
        Path log = cluster.setup(restarted).dataDirectory().resolve("log");
        Folders.copy(log, folder.resolve("kept"));
        cluster.start(restarted);
        cluster.node(behind).pause();
        put(cluster, leader, topic, FIRST, ALL);
        cluster.kill9(cluster.ids());

        // What a loss of power leaves where nothing was forced.
        Folders.delete(log);
        Folders.copy(folder.resolve("kept"), log);
        reboot(restarted);
        cluster.start(restarted, behind);
        Cluster.await(
                "the nodes that are left wait for the one that may know more",
                () -> Stream.of(restarted, behind)
                        .anyMatch(id -> cluster.node(id).output().contains("waits for nodes [" + leader + "]")));
        try (Wire wire = cluster.connect(behind)) {
            assertThat(wire.ask("PUT " + topic + " late").text()).startsWith("ERR not ready: ");
        }

        cluster.start(leader);
        for (int via : cluster.ids()) {
            cluster.assertEntries(via, topic, ALL);
        }
        try (Wire wire = cluster.connect(behind)) {
            assertThat(new TopicReader(wire, topic, Cluster.SOON).ask("PUT " + topic + " entry-" + ALL))
                    .matches(WireReply::isOk);
        }
        cluster.assertEntries(restarted, topic, ALL + 1);
        cluster.assertUnruffled();
    }

    @Test
    void aClusterThatLostPowerAltogetherGoesOnWithWhatItKept() throws IOException {
        Cluster cluster = start();
        String topic = cluster.topicLedBy(1, "led-");
        put(cluster, 1, topic, 0, ALL);
        cluster.kill9(cluster.ids());
        for (int id : cluster.ids()) {
            reboot(id);
        }
        cluster.start();
        try (Wire wire = cluster.connect(2)) {
            assertThat(new TopicReader(wire, topic, Cluster.SOON).ask("PUT " + topic + " entry-" + ALL))
                    .matches(WireReply::isOk);
        }
        for (int via : cluster.ids()) {
            cluster.assertEntries(via, topic, ALL + 1);
        }
        cluster.assertUnruffled();
    }

    private Cluster start() throws IOException {
        Cluster cluster = clusters.of(3, folder, setup -> setup.with("WALRUS_FSYNC", "os"));
        for (int id : cluster.ids()) {
            reboot(id);
            cluster.change(id, setup -> bootedFrom(setup, bootFile(id)));
        }
        return cluster.start();
    }

    private static NodeSetup bootedFrom(NodeSetup setup, Path bootFile) {
        return setup.with("JDK_JAVA_OPTIONS", "-Dwalrus.bootIdFile=" + bootFile);
    }

    private Path bootFile(int id) {
        return folder.resolve("boot-of-" + id);
    }

    /// The machine of a node starts anew, as far as the node can tell.
    private void reboot(int id) throws IOException {
        Files.writeString(bootFile(id), UUID.randomUUID() + "\n");
    }

    private static void put(Cluster cluster, int via, String topic, int from, int to) throws IOException {
        try (Wire wire = cluster.connect(via)) {
            for (int i = from; i < to; i++) {
                wire.done("PUT " + topic + " entry-" + i);
            }
        }
    }
}

package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.systemtests.node.TopicReader;
import io.walrus.testkit.process.Folders;
import io.walrus.testkit.process.Wire;
import io.walrus.testkit.process.WireReply;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// A data folder in whose place an older state of it was put, as out of a backup.
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class ClusterOlderFolderTest {
    private static final int FIRST = 10;
    private static final int ALL = 20;
    private static final int OLDER = 2;
    private static final int BEHIND = 3;

    @RegisterExtension
    final Clusters clusters = new Clusters();

    @TempDir
    private Path folder;

    /// Node 2 confirmed what node 3 has never seen, and has forgotten it.
    @Test
    void whatItLacksIsWaitedForAndNotForgotten() throws IOException {
        Cluster cluster = clusters.of(3, folder).start();
        String topic = cluster.topicLedBy(1, "led-");
        put(cluster, topic, 0, FIRST);
        Path kept = folder.resolve("kept");
        Path data = cluster.setup(OLDER).dataDirectory();
        cluster.terminate(OLDER);
        Folders.copy(data, kept);
        cluster.start(OLDER);
        cluster.kill9(BEHIND);
        put(cluster, topic, FIRST, ALL);
        cluster.terminate(OLDER);
        Folders.delete(data);
        Folders.copy(kept, data);
        cluster.kill9(1);

        cluster.start(OLDER, BEHIND);
        assertThat(cluster.node(OLDER).output()).contains("is older than what the cluster remembers of node 2");
        Cluster.await(
                "the nodes that are left wait for the one that may know more",
                () -> Stream.of(OLDER, BEHIND)
                        .anyMatch(id -> cluster.node(id).output().contains("waits for nodes [1]")));
        try (Wire wire = cluster.connect(BEHIND)) {
            assertThat(wire.ask("PUT " + topic + " late").text()).startsWith("ERR not ready: ");
        }

        cluster.start(1);
        for (int via : cluster.ids()) {
            cluster.assertEntries(via, topic, ALL);
        }
        try (Wire wire = cluster.connect(BEHIND)) {
            assertThat(new TopicReader(wire, topic, Cluster.SOON).ask("PUT " + topic + " entry-" + ALL))
                    .matches(WireReply::isOk);
        }
        cluster.awaitAllCopies();
        cluster.assertEntries(OLDER, topic, ALL + 1);
        cluster.assertUnruffled();
    }

    /// A run that the cluster remembers is in the folder that it left, however it ended.
    @Test
    void aFolderThatIsAsItWasLeftIsBelieved() throws IOException {
        Cluster cluster = clusters.of(3, folder).start();
        for (int i = 0; i < 2; i++) {
            cluster.kill9(OLDER);
            cluster.start(OLDER);
            assertThat(cluster.node(OLDER).output()).doesNotContain("is older than");
        }
    }

    private static void put(Cluster cluster, String topic, int from, int to) throws IOException {
        try (Wire wire = cluster.connect(1)) {
            TopicReader patient = new TopicReader(wire, topic, Cluster.SOON);
            for (int i = from; i < to; i++) {
                assertThat(patient.ask("PUT " + topic + " entry-" + i)).matches(WireReply::isOk);
            }
        }
    }
}

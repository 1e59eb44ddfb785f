package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.testkit.process.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The topic every new cluster has: written through its leader, read through another node.
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ClusterLogsTest {
    private static final int ENTRIES = 20;

    @RegisterExtension
    final Clusters clusters = new Clusters();

    @TempDir
    private Path folder;

    @Test
    void whatIsPutThroughTheLeaderIsReadInOrderThroughAnother() throws IOException {
        Cluster cluster = clusters.of(3, folder).start();
        int leader = cluster.leaderOf("logs");
        try (Wire writer = cluster.connect(leader);
                Wire reader = cluster.connect(cluster.idsWithout(leader)[0]);
                Wire last = cluster.connect(cluster.idsWithout(leader)[1])) {
            for (int i = 0; i < ENTRIES; i++) {
                writer.done("PUT logs entry " + i);
            }
            for (int i = 0; i < ENTRIES; i++) {
                assertThat(reader.ask("GET logs").payloadText()).isEqualTo("entry " + i);
            }
            assertThat(reader.ask("GET logs").isEmpty()).isTrue();
            assertThat(last.ask("GET logs").isEmpty()).isTrue();
            assertThat(writer.ask("GET logs").isEmpty()).isTrue();
        }
        cluster.assertUnruffled();
    }
}

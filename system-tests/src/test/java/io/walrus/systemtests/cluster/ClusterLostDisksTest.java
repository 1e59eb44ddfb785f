package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.systemtests.node.TopicState;
import io.walrus.testkit.process.Folders;
import io.walrus.testkit.process.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// A disk is lost that had the only copy of some segments: an operator has the topic go on.
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ClusterLostDisksTest {
    private static final String TOPIC = "lost";

    @RegisterExtension
    final Clusters clusters = new Clusters();

    @TempDir
    private Path folder;

    @Test
    void aTopicGoesOnAfterItsOnlyDiskWasLost() throws IOException {
        Cluster cluster = clusters.of(
                3,
                folder,
                setup -> setup.with("WALRUS_REPLICATION_FACTOR", 1)
                        .with("WALRUS_MAX_SEGMENT_ENTRIES", 2)
                        .with("WALRUS_REQUEST_TIMEOUT_MS", 3_000));
        cluster.start();
        cluster.register(TOPIC);
        try (Wire wire = cluster.connect(1)) {
            for (int i = 0; i < 7; i++) {
                wire.done("PUT " + TOPIC + " entry" + i);
            }
        }
        TopicState before = cluster.state(1, TOPIC);
        int lost = before.leader();
        int other = lost == 1 ? 2 : 1;

        cluster.kill9(lost);
        Folders.delete(cluster.setup(lost).dataDirectory());
        if (lost == 1) {
            // It founded the cluster, and is to found no other.
            cluster.change(lost, setup -> setup.withFlags("--join", cluster.raftAddress(other)));
        }
        cluster.start(lost);
        try (Wire wire = cluster.connect(other)) {
            assertThat(wire.ask("PUT " + TOPIC + " refused").text()).startsWith("ERR not ready");
            assertThat(wire.ask("SEAL " + TOPIC + " dry-run").text())
                    .startsWith("OK {")
                    .contains("\"sealed\":false", "\"entries\":0", "its disk is gone", "\"refusal\":null");
            assertThat(wire.ask("SEAL " + TOPIC).text()).contains("\"sealed\":true", "\"given_up\":[" + lost + "]");
            wire.done("PUT " + TOPIC + " taken");
            assertThat(wire.ask("SEAL " + TOPIC).text()).startsWith("ERR SEAL is not possible");

            List<Long> segments = List.copyOf(before.sealed().keySet());
            for (long segment : segments) {
                String fetched =
                        wire.ask("FETCH " + TOPIC + " " + segment + " 0").text();
                assertThat(fetched).matches("(?s)OK 1 entry.*|ERR data lost: .*");
            }
            passOverWhatIsLost(wire);
            assertThat(wire.ask("GET " + TOPIC).isEmpty()).isTrue();
        }
        cluster.assertUnruffled();
    }

    /// Does what each error of GET says, until the entry comes that was put last.
    private static void passOverWhatIsLost(Wire wire) throws IOException {
        while (true) {
            String got = wire.ask("GET " + TOPIC).text();
            if (got.equals("OK taken")) {
                return;
            }
            if (!got.startsWith("OK ")) {
                assertThat(got).startsWith("ERR data lost: ").contains("SKIP " + TOPIC);
                String skip = got.substring(got.indexOf("SKIP " + TOPIC));
                assertThat(wire.ask(skip).text()).startsWith("OK {\"from\":");
            }
        }
    }
}

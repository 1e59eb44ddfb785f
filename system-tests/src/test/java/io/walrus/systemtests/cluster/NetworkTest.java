package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.systemtests.node.Ended;
import io.walrus.systemtests.node.NodeSetup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The network that the tests of partitions rely on cuts what it is told to cut, and nothing else.
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class NetworkTest {
    @RegisterExtension
    final Clusters clusters = new Clusters();

    @TempDir
    private Path folder;

    @Test
    void aNodeThatIsCutOffIsReachedByClientsOnly() throws IOException {
        Network network = clusters.network(2);
        Cluster cluster = clusters.of(0, folder);
        cluster.define(1, 1, setup -> network.place(1, setup));
        cluster.start();
        NodeSetup node = cluster.setup(1);
        List<String> elsewhere = network.place(2, NodeSetup.in(folder)).place().launcher();

        assertThat(connects(elsewhere, network.peerAddress(1), node.raftPort())).isTrue();
        network.cutOff(1);
        assertThat(connects(elsewhere, network.peerAddress(1), node.raftPort())).isFalse();
        cluster.node(1).ask("PUT logs still served").requireOk();
        network.heal(1);
        Cluster.await("the node is back", () -> connects(elsewhere, network.peerAddress(1), node.raftPort()));
    }

    private static boolean connects(List<String> launcher, String host, int port) {
        List<String> command = new ArrayList<>(launcher);
        command.addAll(List.of("timeout", "1", "bash", "-c", "exec 3<>/dev/tcp/" + host + "/" + port));
        try {
            return Ended.of(new ProcessBuilder(command)).exitCode() == 0;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}

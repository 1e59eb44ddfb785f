package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.testkit.process.Ended;
import io.walrus.testkit.process.NodeSetup;
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
        Cluster cluster = started(network);
        NodeSetup node = cluster.setup(1);
        List<String> elsewhere = place(network, 2);

        assertThat(connects(elsewhere, network.peerAddress(1), node.raftPort())).isTrue();
        network.cutOff(1);
        assertThat(connects(elsewhere, network.peerAddress(1), node.raftPort())).isFalse();
        cluster.node(1).ask("PUT logs still served").requireOk();
        network.heal(1);
        Cluster.await("the node is back", () -> connects(elsewhere, network.peerAddress(1), node.raftPort()));
    }

    /// A connection needs both ways; what is sent the other way still arrives.
    @Test
    void aWayThatIsCutLosesWhatIsSentOnItInSilence() throws IOException {
        Network network = clusters.network(3);
        Cluster cluster = started(network);
        NodeSetup node = cluster.setup(1);

        network.cut(1, 2);
        assertThat(connects(place(network, 2), network.peerAddress(1), node.raftPort()))
                .isFalse();
        assertThat(connects(place(network, 3), network.peerAddress(1), node.raftPort()))
                .isTrue();
        network.mend(1, 2);
        network.cut(2, 1);
        assertThat(connects(place(network, 2), network.peerAddress(1), node.raftPort()))
                .isFalse();
        network.mend(2, 1);
        Cluster.await("all is as it was", () -> connects(place(network, 2), network.peerAddress(1), node.raftPort()));
    }

    private Cluster started(Network network) throws IOException {
        Cluster cluster = clusters.of(0, folder);
        cluster.define(1, 1, setup -> network.place(1, setup));
        return cluster.start();
    }

    private List<String> place(Network network, int id) {
        return network.place(id, NodeSetup.in(folder)).place().launcher();
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

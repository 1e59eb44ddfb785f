package io.walrus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.testkit.process.FreePorts;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The script behind `make cluster-*`: what it starts serves, keeps its data, and ends when told to.
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class LocalClusterTest {
    private static final int NODES = 3;

    @TempDir
    private Path folder;

    private Map<String, String> environment = Map.of();
    private int firstPort;

    @BeforeEach
    void chooseAPlace() throws Exception {
        firstPort = FreePorts.consecutive(2 * NODES);
        environment = new HashMap<>(Map.of(
                "WALRUS_HEAP", "256m",
                "WALRUS_DIRECT_MEMORY", "384m",
                "WALRUS_CLUSTER_DIR", folder.resolve("nodes").toString(),
                "WALRUS_CLUSTER_CLIENT_BASE", String.valueOf(firstPort - 1),
                "WALRUS_CLUSTER_RAFT_BASE", String.valueOf(firstPort + NODES - 1)));
    }

    @AfterEach
    void stopWhatRuns() throws Exception {
        cluster("clean");
    }

    @Test
    void whatWasPutIsThereAfterARestart() throws Exception {
        assertThat(cluster("bootstrap").succeeded().out())
                .contains("node 1 started", "node 2 started", "node 3 started")
                .contains("node 1 serves", "node 2 serves", "node 3 serves");
        assertThat(cluster("status").succeeded().out())
                .contains("node 1 runs", "node 2 runs", "node 3 runs")
                .containsPattern("node [123] leads the metadata");
        assertThat(cluster("bootstrap").succeeded().out()).contains("node 1 runs already", "node 3 runs already");
        cli(1, "put", "logs", "first").succeeded();
        cli(2, "put", "logs", "second").succeeded();
        assertThat(cli(3, "get", "logs").succeeded().out()).isEqualTo("first\n");

        assertThat(cluster("restart").succeeded().out())
                .contains("node 1 stopped", "node 2 stopped", "node 3 stopped")
                .contains("node 1 serves", "node 2 serves", "node 3 serves")
                .doesNotContain("was killed");
        assertThat(cli(2, "get", "logs").succeeded().out()).isEqualTo("second\n");

        assertThat(cluster("down").succeeded().out()).contains("node 1 stopped", "node 2 stopped", "node 3 stopped");
        assertThat(cluster("status").succeeded().out())
                .contains("node 1 does not run", "node 2 does not run", "node 3 does not run")
                .doesNotContain("leads");
        assertThat(cluster("down").succeeded().out()).contains("no node runs");
    }

    @Test
    void aClusterMayHaveOneNode() throws Exception {
        environment.put("WALRUS_NODES", "1");
        assertThat(cluster("bootstrap").succeeded().out())
                .contains("node 1 serves")
                .doesNotContain("node 2");
        cli(1, "put", "logs", "alone").succeeded();
        // What runs is stopped, whatever the number asked for now.
        environment.put("WALRUS_NODES", "3");
        assertThat(cluster("down").succeeded().out()).contains("node 1 stopped").doesNotContain("node 2");
    }

    @Test
    void aNodeThatEndsDuringBootstrapIsNamedWithTheEndOfItsLog() throws Exception {
        try (ServerSocket _ = new ServerSocket(firstPort + 1, 1, InetAddress.getLoopbackAddress())) {
            Launched bootstrap = cluster("bootstrap");
            assertThat(bootstrap.exitCode()).isEqualTo(1);
            assertThat(bootstrap.err())
                    .contains("node 2 ended; its log is " + folder.toRealPath().resolve("nodes/node2.log"))
                    .contains(String.valueOf(firstPort + 1));
        }
    }

    @Test
    void aProcessThatIsNotOursIsLeftAlone() throws Exception {
        Path nodes = Files.createDirectories(folder.resolve("nodes"));
        Files.writeString(nodes.resolve("node1.pid"), ProcessHandle.current().pid() + "\n");
        assertThat(cluster("down").succeeded().out()).contains("node 1 does not run");
        assertThat(nodes.resolve("node1.pid")).doesNotExist();
    }

    private Launched cluster(String command) throws Exception {
        return Launched.run(folder, environment, Launched.program("cluster"), command);
    }

    private Launched cli(int node, String... arguments) throws Exception {
        String[] all = new String[arguments.length + 2];
        all[0] = "--addr";
        all[1] = "127.0.0.1:" + (firstPort + node - 1);
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return Launched.run(folder, environment, Launched.program("walrus-cli"), all);
    }
}

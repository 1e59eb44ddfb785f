package io.walrus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The script behind `make cluster-*`: what it starts serves, keeps its data, and ends when told to.
class LocalClusterTest {
    @TempDir
    private Path folder;

    private Map<String, String> environment = Map.of();
    private String address = "";

    @BeforeEach
    void chooseAPlace() throws Exception {
        int client = FreePorts.consecutive(2);
        address = "127.0.0.1:" + client;
        environment = Map.of(
                "WALRUS_CLUSTER_DIR", folder.resolve("nodes").toString(),
                "WALRUS_CLUSTER_CLIENT_BASE", String.valueOf(client - 1),
                "WALRUS_CLUSTER_RAFT_BASE", String.valueOf(client));
    }

    @AfterEach
    void stopWhatRuns() throws Exception {
        cluster("clean");
    }

    @Test
    void whatWasPutIsThereAfterARestart() throws Exception {
        assertThat(cluster("bootstrap").succeeded().out())
                .contains("node 1 started")
                .contains("node 1 serves");
        assertThat(cluster("bootstrap").succeeded().out()).contains("node 1 runs already");
        cli("put", "logs", "first").succeeded();
        cli("put", "logs", "second").succeeded();
        assertThat(cli("get", "logs").succeeded().out()).isEqualTo("first\n");

        assertThat(cluster("restart").succeeded().out())
                .contains("node 1 stopped")
                .contains("node 1 serves");
        assertThat(cli("get", "logs").succeeded().out()).isEqualTo("second\n");

        assertThat(cluster("down").succeeded().out()).contains("node 1 stopped");
        assertThat(cluster("status").succeeded().out()).contains("node 1 does not run");
        assertThat(cluster("down").succeeded().out()).contains("no node runs");
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

    private Launched cli(String... arguments) throws Exception {
        String[] all = new String[arguments.length + 2];
        all[0] = "--addr";
        all[1] = address;
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return Launched.run(folder, environment, Launched.program("walrus-cli"), all);
    }
}

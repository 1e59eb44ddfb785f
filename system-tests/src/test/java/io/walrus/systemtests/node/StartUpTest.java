package io.walrus.systemtests.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.walrus.testkit.process.Ended;
import io.walrus.testkit.process.FreePorts;
import io.walrus.testkit.process.NodeProcess;
import io.walrus.testkit.process.NodeSetup;
import io.walrus.testkit.process.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What keeps a node from starting is said in one line, and in the exit code.
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class StartUpTest {
    private static final int CANNOT_RUN = 1;
    private static final int USAGE = 2;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "--node-id, 0",
        "--node-id, one",
        "--client-port, 65536",
        "--port, http",
        "--raft-port, 0",
        "--raft-port, -1",
        "--data-dir, ''",
        "--raft-host, ''",
        "--client-host, ' '",
        "--join, nowhere",
        "--join, host:",
        "--join, :6001",
        "--join, host:99999",
        "--max-segment-entries, 0",
        "--max-segment-entries, 1.5",
        "--max-segment-entries, 99999999999999999999",
        "--monitor-check-ms, 0",
        "--fsync, sometimes",
        "--fsync, interval:",
        "--fsync, interval:0",
        "--replication-factor, 0",
        "--bootstrap-topics, 'logs,a\tb'",
        "--max-frame-bytes, 10",
        "--max-under-way, 0",
        "--max-connections, none",
        "--request-timeout-ms, 1",
        "--tail-memory-bytes, 1",
        "--min-free-bytes, -1",
        "--event-loops, 0",
        "--snapshot-every, 0",
        "--io, aio",
        "--log, loud"
    })
    void aBadValueOfAFlagIsNamed(String flag, String value) throws IOException {
        Ended node = NodeSetup.in(folder).withFlags(flag, value).run().exited(USAGE);
        String named = flag.equals("--port") ? "--client-port" : flag;
        assertThat(node.err().lines())
                .singleElement()
                .satisfies(line -> assertThat(line).contains(named).contains("'" + value + "'"));
        assertThat(node.out()).isEmpty();
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void badValuesOfAllVariablesAreNamedTogether() throws IOException {
        Map<String, String> bad = new TreeMap<>(Map.ofEntries(
                Map.entry("WALRUS_NODE_ID", "zero"),
                Map.entry("WALRUS_CLIENT_PORT", "70000"),
                Map.entry("WALRUS_RAFT_PORT", "x"),
                Map.entry("WALRUS_JOIN", "nowhere"),
                Map.entry("WALRUS_MAX_SEGMENT_ENTRIES", "0"),
                Map.entry("WALRUS_MONITOR_CHECK_MS", "soon"),
                Map.entry("WALRUS_FSYNC", "never"),
                Map.entry("WALRUS_REPLICATION_FACTOR", "100"),
                Map.entry("WALRUS_BOOTSTRAP_TOPICS", "two words"),
                Map.entry("WALRUS_MAX_FRAME_BYTES", "1"),
                Map.entry("WALRUS_MAX_UNDER_WAY", "0"),
                Map.entry("WALRUS_MAX_CONNECTIONS", "0"),
                Map.entry("WALRUS_REQUEST_TIMEOUT_MS", "0"),
                Map.entry("WALRUS_TAIL_MEMORY_BYTES", "0"),
                Map.entry("WALRUS_MIN_FREE_BYTES", "-5"),
                Map.entry("WALRUS_EVENT_LOOPS", "0"),
                Map.entry("WALRUS_SNAPSHOT_EVERY", "0"),
                Map.entry("WALRUS_BARE_JSON", "perhaps"),
                Map.entry("WALRUS_IO", "auto"),
                Map.entry("WALRUS_DISABLE_IO_URING", "maybe"),
                Map.entry("WALRUS_LOG", "loud")));
        NodeSetup setup = NodeSetup.in(folder);
        for (Map.Entry<String, String> variable : bad.entrySet()) {
            setup = setup.with(variable.getKey(), variable.getValue());
        }
        Ended node = setup.runWith().exited(USAGE);
        assertThat(node.err().lines()).hasSize(bad.size());
        bad.forEach((name, value) -> assertThat(
                        node.err().lines().filter(line -> line.contains(name) && line.contains("'" + value + "'")))
                .as("lines about %s in %s", name, node.err())
                .hasSize(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--node-id", "--node-id 1 --frobnicate", "--node-id 1 --fsync", "--node-id 1 extra"})
    void argumentsThatMakeNoSenseAreNamed(String arguments) throws IOException {
        String[] words = arguments.isEmpty() ? new String[0] : arguments.split(" ");
        Ended node = NodeSetup.in(folder).runWith(words).exited(USAGE);
        assertThat(node.err().lines())
                .singleElement()
                .satisfies(
                        line -> assertThat(line).contains(words.length == 0 ? "--node-id" : words[words.length - 1]));
    }

    @Test
    void tooLittleMemoryOutsideTheHeapIsNamed() throws IOException {
        assertRefused(NodeSetup.in(folder).withFlags("--tail-memory-bytes", "1000000000"), "--tail-memory-bytes");
    }

    @Test
    void helpAndVersionGoToStandardOutput() throws IOException {
        Ended help = NodeSetup.in(folder).runWith("--help").exited(0);
        assertThat(help.err()).isEmpty();
        assertThat(help.out())
                .contains("--node-id", "--data-dir", "--raft-port", "--raft-host", "--raft-advertise-host")
                .contains("--client-port", "--port", "--client-host", "--join")
                .contains("WALRUS_MAX_SEGMENT_ENTRIES", "WALRUS_MONITOR_CHECK_MS", "WALRUS_DISABLE_IO_URING")
                .contains("WALRUS_LOG", "RUST_LOG", "WALRUS_BARE_JSON", "WALRUS_BOOTSTRAP_TOPICS");
        Ended version = NodeSetup.in(folder).runWith("--version").exited(0);
        assertThat(version.out()).startsWith("walrus ");
        assertThat(version.err()).isEmpty();
    }

    @Test
    void aClientPortInUseIsNamed() throws IOException {
        NodeSetup setup = NodeSetup.in(folder);
        try (ServerSocket _ = listenOn(setup.clientPort())) {
            assertRefused(setup, Integer.toString(setup.clientPort()));
        }
    }

    @Test
    void aRaftPortInUseIsNamed() throws IOException {
        NodeSetup setup = NodeSetup.in(folder);
        try (ServerSocket _ = listenOn(setup.raftPort())) {
            assertRefused(setup, Integer.toString(setup.raftPort()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--client-host", "--raft-host"})
    void anAddressThatIsNotOursIsNamed(String flag) throws IOException {
        assertRefused(NodeSetup.in(folder).withFlags(flag, "192.0.2.1"), "192.0.2.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--client-host", "--raft-host"})
    void aHostThatDoesNotExistIsNamed(String flag) throws IOException {
        assertRefused(NodeSetup.in(folder).withFlags(flag, "no-such-host.invalid"), "no-such-host.invalid");
    }

    @Test
    void aFileInPlaceOfTheFolderIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "in the way");
        assertRefused(NodeSetup.in(folder).withDataDirectory(file), file.toString());
        assertRefused(NodeSetup.in(folder).withDataDirectory(file.resolve("data")), file.toString());
        assertThat(file).hasContent("in the way");
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamed() throws IOException {
        try (Mount mount = Mount.readOnly(folder.resolve("mounted"))) {
            assertRefused(
                    NodeSetup.in(mount.folder()), mount.folder().resolve("data").toString());
        }
    }

    @Test
    void aFolderWithOtherFilesIsLeftAlone() throws IOException {
        Path data = Files.createDirectory(folder.resolve("data"));
        Files.writeString(data.resolve("thesis.txt"), "precious");
        assertRefused(NodeSetup.in(folder), "thesis.txt");
        try (Stream<Path> files = Files.list(data)) {
            assertThat(files).containsExactly(data.resolve("thesis.txt"));
        }
    }

    @Test
    void aFolderInUseIsNamedAndItsOwnerGoesOn() throws IOException {
        NodeSetup setup = NodeSetup.in(folder);
        try (NodeProcess node = setup.start()) {
            node.ask("PUT logs before").requireOk();
            NodeSetup second = setup.withPorts(FreePorts.free(), FreePorts.free());
            assertRefused(second, setup.dataDirectory().toString());
            node.ask("PUT logs after").requireOk();
            node.terminate();
            NodeProcess restarted = node.restart();
            try (restarted) {
                assertThat(restarted.ask("GET logs").payloadText()).isEqualTo("before");
                assertThat(restarted.ask("GET logs").payloadText()).isEqualTo("after");
            }
        }
    }

    @Test
    void theFolderOfAnotherNodeIsLeftAlone() throws IOException {
        NodeSetup setup = NodeSetup.in(folder);
        try (NodeProcess node = setup.start()) {
            node.ask("PUT logs mine").requireOk();
            node.terminate();
            assertRefused(setup.withFlags("--node-id", "2"), "belongs to node 1");
            try (NodeProcess restarted = node.restart()) {
                assertThat(restarted.ask("GET logs").payloadText()).isEqualTo("mine");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "version=1\n", "version=1\nnode-id=x\ndisk-id=y\ncluster-id=z\n", "version=99\n"})
    void aDamagedIdentityIsNamed(String content) throws IOException {
        Path data = Files.createDirectory(folder.resolve("data"));
        Path identity = Files.writeString(data.resolve("identity"), content);
        assertRefused(NodeSetup.in(folder), identity.toString());
        assertThat(identity).hasContent(content);
    }

    @Test
    void aNodeMayMoveToOtherPorts() throws IOException {
        NodeSetup setup = NodeSetup.in(folder);
        try (NodeProcess node = setup.start()) {
            node.ask("PUT logs moved").requireOk();
            node.terminate();
        }
        try (NodeProcess node =
                setup.withPorts(FreePorts.free(), FreePorts.free()).start()) {
            assertThat(node.ask("GET logs").payloadText()).isEqualTo("moved");
            node.ask("REGISTER another").requireOk();
            node.terminate();
        }
    }

    @Test
    void variablesAreTakenAndFlagsWin() throws IOException {
        int client = FreePorts.free();
        NodeSetup setup = NodeSetup.in(folder)
                .withPorts(client, FreePorts.free())
                .with("WALRUS_BARE_JSON", "true")
                .with("WALRUS_BOOTSTRAP_TOPICS", "first, second")
                .with("WALRUS_CLIENT_PORT", "1")
                .with("WALRUS_MAX_FRAME_BYTES", "2000")
                .with("RUST_LOG", "error");
        try (NodeProcess node = setup.start();
                Wire wire = node.connect()) {
            assertThat(wire.ask("METRICS").text()).startsWith("{\"id\":1,\"state\":\"Leader\"");
            assertThat(wire.ask("STATE first").text()).startsWith("{\"current_segment\":");
            wire.done("PUT second x");
            assertThat(wire.ask("PUT logs x").text()).startsWith("ERR unknown topic logs");
            assertThat(wire.ask("PUT first " + "x".repeat(2_000)).text()).startsWith("ERR frame too large");
            assertThat(node.output()).isEmpty();
        }
    }

    @Test
    void aFreshNodeServesTheTopicLogsAndDescribesItself() throws IOException {
        NodeSetup setup = NodeSetup.in(folder);
        try (NodeProcess node = setup.start();
                Wire wire = node.connect()) {
            wire.done("PUT logs hello");
            JsonNode state = Json.of(wire.ask("STATE logs"));
            assertThat(state.get("leader_node").asInt()).isEqualTo(1);
            assertThat(state.get("segment_leaders")
                            .get(state.get("current_segment").asText())
                            .asInt())
                    .isEqualTo(1);
            assertThat(state.get("sealed_segments").isObject()).isTrue();
            assertThat(state.get("last_sealed_entry_offset").asInt()).isZero();

            JsonNode metrics = Json.of(wire.ask("METRICS"));
            assertThat(metrics.get("id").asInt()).isEqualTo(1);
            assertThat(metrics.get("state").asText()).isEqualTo("Leader");
            assertThat(metrics.get("current_leader").asInt()).isEqualTo(1);
            assertThat(metrics.get("current_term").asLong()).isPositive();
            assertThat(metrics.get("last_log_index").asLong()).isPositive();
            assertThat(metrics.get("last_applied").asLong())
                    .isLessThanOrEqualTo(metrics.get("last_log_index").asLong());
            assertThat(metrics.has("vote")).isTrue();
            assertThat(metrics.has("snapshot")).isTrue();
            assertThat(metrics.has("purged")).isTrue();
            JsonNode membership = metrics.get("membership_config").get("membership");
            assertThat(membership.get("configs").toString()).isEqualTo("[[1]]");
            assertThat(membership.get("nodes").get("1").get("addr").asText())
                    .isEqualTo("127.0.0.1:" + setup.raftPort());
            assertThat(metrics.get("replication").get("1").get("index").asLong())
                    .isPositive();
            for (String command : List.of("REGISTER", "PUT", "GET", "FETCH", "STATE", "METRICS", "HELP")) {
                assertThat(wire.ask("HELP").payloadText()).contains(command);
            }
        }
    }

    /// One line on standard error, exit code 1.
    private static void assertRefused(NodeSetup setup, String named) throws IOException {
        Ended node = setup.with("WALRUS_LOG", "error").run().exited(CANNOT_RUN);
        assertThat(node.err().lines())
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith("walrus-node: ")
                        .contains(named)
                        .doesNotContain("Exception"));
        assertThat(node.out()).isEmpty();
        setup.run().exited(CANNOT_RUN).withoutStackTrace();
    }

    private static ServerSocket listenOn(int port) throws IOException {
        return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
    }
}

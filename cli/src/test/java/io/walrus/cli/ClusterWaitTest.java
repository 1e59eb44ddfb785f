package io.walrus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.testkit.wire.ScriptedServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ClusterWaitTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void waitsUntilAllNodesTakeEachOtherForVoters() throws Exception {
        try (ScriptedServer first = new ScriptedServer(
                        peer -> peer.replyToAll(metrics(1, "null", "[1]")),
                        peer -> peer.replyToAll(metrics(1, "2", "[1]")),
                        peer -> peer.replyToAll(metrics(1, "2", "[1,2]")));
                ScriptedServer second = new ScriptedServer(
                        peer -> peer.replyToAll("ERR not ready: no leader yet; try again"),
                        peer -> peer.replyToAll(metrics(2, "2", "[1,2]")))) {
            assertThat(run("30", first, second)).as("exit code; %s", err).isZero();
        }
        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo("node 1 serves\nnode 2 serves\nnode 2 leads the metadata\n");
    }

    @Test
    void saysWhyNotAllNodesServe() throws Exception {
        try (ScriptedServer first = new ScriptedServer(peer -> peer.replyToAll(metrics(1, "1", "[1]")));
                ScriptedServer second = new ScriptedServer(peer -> peer.replyToAll(metrics(2, "1", "[1,2]")))) {
            assertThat(run("0", first, second)).isEqualTo(Failure.CANNOT_CONNECT);
            assertThat(err.toString(StandardCharsets.UTF_8))
                    .isEqualTo("walrus-cli: not all nodes serve: 127.0.0.1:" + first.port()
                            + ": of nodes [1, 2] only [1] have a vote\n");
        }
    }

    private static String metrics(int id, String leader, String voters) {
        return "OK {\"id\":" + id + ",\"current_leader\":" + leader
                + ",\"membership_config\":{\"membership\":{\"configs\":[" + voters + "]}}}";
    }

    private int run(String seconds, ScriptedServer first, ScriptedServer second) {
        String addresses = "127.0.0.1:" + first.port() + ",127.0.0.1:" + second.port();
        PrintStream lines = new PrintStream(err, true, StandardCharsets.UTF_8);
        return CliMain.run(
                new String[] {"--addr", addresses, "cluster", "--wait", seconds},
                new Terminal(new ByteArrayInputStream(new byte[0]), out, lines, false, false, false));
    }
}

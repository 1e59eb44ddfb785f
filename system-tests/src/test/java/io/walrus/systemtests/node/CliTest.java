package io.walrus.systemtests.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.testkit.process.FreePorts;
import io.walrus.testkit.process.NodeProcess;
import io.walrus.testkit.process.NodeSetup;
import io.walrus.testkit.process.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every command of the command line, against a node.
class CliTest {
    private static final int MAX_FRAME_BYTES = 4096;

    @TempDir
    private static Path folder;

    private static NodeProcess node;

    private static int topics;

    private final String topic = "t" + topics++;

    @BeforeAll
    static void startNode() throws IOException {
        node = NodeSetup.in(folder)
                .with("WALRUS_MAX_FRAME_BYTES", MAX_FRAME_BYTES)
                .start();
    }

    @AfterAll
    static void stopNode() throws IOException {
        node.assertUnruffled();
        node.close();
    }

    @Test
    void anEntryIsStoredAndTakenOnce() throws Exception {
        cli("register", topic).exited(0).printed("OK\n").saidNothing();
        cli("put", topic, "hello, walrus").exited(0).printed("OK\n").saidNothing();
        cli("get", topic).exited(0).printed("hello, walrus\n").saidNothing();
        cli("get", topic).exited(0).printed("EMPTY\n").saidNothing();
        cli("fetch", topic, "1", "0").exited(0).printed("hello, walrus\n");
        cli("fetch", topic, "1", "1").exited(0).printed("EMPTY\n");
        cli("fetch", topic, "1", "0", "--count", "5").exited(0).printed("hello, walrus\n");
    }

    @Test
    void theClusterIsShownAndALastNodeIsKept() throws Exception {
        assertThat(cli("cluster").exited(0).out())
                .contains("\"metadata_leader\":1")
                .contains("\"status\":\"active\",\"alive\":true")
                .hasLineCount(1);
        assertThat(cli("node", "drain", "1").exited(1).err()).startsWith("ERR DRAIN is not possible: no other active");
        assertThat(cli("node", "remove", "9").exited(1).err()).isEqualTo("ERR unknown node 9: CLUSTER lists them\n");
        cli("node", "resume", "1").exited(0).printed("OK\n");
        assertThat(cli("node", "fly", "1").exited(2).err()).contains("drain, resume or remove");
        assertThat(cli("node", "remove", "1", "--no-wait").exited(2).err()).contains("--no-wait goes with drain");
    }

    @Test
    void jsonInAPipeIsOneLine() throws Exception {
        cli("register", topic);
        assertThat(cli("state", topic).exited(0).out())
                .startsWith("{\"current_segment\":")
                .hasLineCount(1);
        assertThat(cli("metrics").exited(0).out()).startsWith("{\"id\":1,").hasLineCount(1);
    }

    @Test
    void whatTheServerRefusesIsExitCodeOne() throws Exception {
        for (String[] command : new String[][] {
            {"get", "nowhere"},
            {"state", "nowhere"},
            {"put", "nowhere", "x"},
            {"get", "nowhere", "--all"},
            {"get", "nowhere", "--follow"},
            {"fetch", "nowhere", "1", "0"}
        }) {
            CliProcess refused = cli(command).exited(1).printed("");
            assertThat(refused.err()).isEqualTo("ERR unknown topic nowhere\n");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pot",
                "put",
                "put t",
                "put t x --file f",
                "get",
                "get t --count 0",
                "get t --count x",
                "fetch t 1",
                "fetch t -1 0",
                "register",
                "put t --file /nowhere/at/all",
                "--addr nonsense metrics"
            })
    void aUsageErrorIsOneLineAndExitCodeTwo(String command) throws Exception {
        CliProcess wrong = cli(command.split(" ")).exited(2).printed("");
        assertThat(wrong.err()).startsWith("walrus-cli: ").hasLineCount(1);
    }

    @Test
    void theAddressesAreTriedInTheirOrder() throws Exception {
        int nobody = FreePorts.free();
        try (CliProcess found = CliProcess.run(nobody, "metrics", "--addr", "127.0.0.1:" + nobody + "," + address())) {
            found.exited(0).saidNothing();
        }
        try (CliProcess lost = CliProcess.run(nobody, "metrics")) {
            assertThat(lost.exited(3).printed("").err())
                    .contains("127.0.0.1:" + nobody)
                    .hasLineCount(1);
        }
    }

    @Test
    void anEntryMayBeginWithAnything() throws Exception {
        cli("register", topic);
        Path file = Files.writeString(folder.resolve("file"), "content");
        for (String entry : List.of("@" + file, "${user.home}", "", "  spaces  ", "\"quoted\"", "back\\slash")) {
            cli("put", topic, entry).exited(0);
            cli("get", topic).exited(0).printed(entry + "\n");
        }
        cli("put", topic, "--", "-5").exited(0);
        cli("get", topic).printed("-5\n");
    }

    @Test
    void textOfAnyScriptPassesUnderAnyLocale() throws Exception {
        String name = topic + "-Überseehäfen";
        String text = "Grüße, мир, 世界, 🦭";
        Map<String, String> plain = Map.of("LANG", "C", "LC_ALL", "C");
        for (String[] command : new String[][] {{"register", name}, {"put", name, text}, {"get", name}}) {
            try (CliProcess cli = CliProcess.startWith(CliProcess.command(node.clientPort(), command), plain)) {
                cli.end().exited(0).printed(command[0].equals("get") ? text + "\n" : "OK\n");
            }
        }
        Path file = Files.writeString(folder.resolve("мир"), text);
        try (CliProcess cli = CliProcess.startWith(
                CliProcess.command(node.clientPort(), "put", name, "--file", file.toString()), plain)) {
            cli.end().exited(0);
        }
        cli("get", name).printed(text + "\n");
    }

    @Test
    void aFileComesBackByteForByte() throws Exception {
        cli("register", topic);
        byte[] bytes = new byte[200_000];
        new Random(1).nextBytes(bytes);
        for (int i = 0; i < bytes.length; i += 50) {
            bytes[i] = '\n';
        }
        System.arraycopy("\n\n\0\n\r\n".getBytes(StandardCharsets.US_ASCII), 0, bytes, 1000, 6);
        bytes[bytes.length - 1] = '\n';
        Path file = Files.write(folder.resolve("bytes"), bytes);
        assertThat(cli("put", topic, "--file", file.toString())
                        .exited(0)
                        .printed("")
                        .err())
                .contains(" entries stored, 200000 bytes in ")
                .hasLineCount(1);
        assertThat(cli("get", topic, "--all").exited(0).outBytes()).isEqualTo(bytes);
        cli("get", topic, "--all").exited(0).printed("");
    }

    @Test
    void aLastLineWithoutEndIsAnEntry() throws Exception {
        cli("register", topic);
        withInput("a\n\nlast", "put", topic, "-").exited(0);
        cli("get", topic, "--count", "2").printed("a\n\n");
        cli("get", topic, "--count", "2").printed("last\n");
    }

    @Test
    void aLineThatIsTooLongIsNamedAndEverythingBeforeItStored() throws Exception {
        cli("register", topic);
        String lines = "x\n".repeat(100) + "y".repeat(MAX_FRAME_BYTES) + "\nz\n";
        CliProcess refused = withInput(lines, "put", topic, "-").exited(1);
        assertThat(refused.err().lines()).hasSize(3).first().asString().startsWith("line 101: ERR frame too large");
        assertThat(refused.err()).endsWith("to resume, begin with line 101\n");
        cli("get", topic, "--all").printed("x\n".repeat(100));
    }

    @Test
    void aLineWithoutEndIsRefusedBeforeItFillsTheMemory() throws Exception {
        cli("register", topic);
        try (CliProcess cli = CliProcess.startWith(
                List.of(
                        "sh",
                        "-c",
                        "{ echo x; cat /dev/zero; } | \"$@\"",
                        "-",
                        CliProcess.LAUNCHER.toString(),
                        "--addr",
                        address(),
                        "put",
                        topic,
                        "-"),
                Map.of())) {
            cli.end().exited(1);
            assertThat(cli.err()).contains("1 of 1 entries stored").contains("line 2 is longer than");
        }
    }

    @Test
    void followPrintsEntriesAsTheyComeAndAllItGotWhenInterrupted() throws Exception {
        cli("register", topic);
        List<String> command = CliProcess.command(node.clientPort(), "get", topic, "--follow");
        try (Wire wire = node.connect();
                CliProcess follow = CliProcess.startWith(interruptible(command), Map.of())) {
            wire.done("PUT " + topic + " first");
            follow.awaitOut("first\n");
            for (int i = 0; i < 20_000; i++) {
                wire.send("PUT " + topic + " " + i);
            }
            wire.flush();
            for (int i = 0; i < 20_000; i++) {
                wire.reply().requireOk();
            }
            follow.awaitOut("\n500\n").signal("INT").awaitEnd().exited(130).saidNothing();
            List<String> printed = follow.out().lines().toList();
            // The next entry anyone gets is the one behind the last that was printed.
            assertThat(wire.ask("GET " + topic))
                    .satisfies(next -> assertThat(next.isEmpty() ? "20000" : next.payloadText())
                            .isEqualTo(Integer.toString(printed.size() - 1)));
            assertThat(printed.get(1)).isEqualTo("0");
            assertThat(printed).last().isEqualTo(Integer.toString(printed.size() - 2));
        }
    }

    @Test
    void followEndsWhenItHasItsCount() throws Exception {
        cli("register", topic);
        try (Wire wire = node.connect();
                CliProcess follow = CliProcess.start(node.clientPort(), "get", topic, "--follow", "--count", "2")) {
            wire.done("PUT " + topic + " a");
            follow.awaitOut("a\n");
            wire.done("PUT " + topic + " b");
            wire.done("PUT " + topic + " c");
            follow.awaitEnd().exited(0).printed("a\nb\n");
            assertThat(wire.ask("GET " + topic).payloadText()).isEqualTo("c");
        }
    }

    @Test
    void anInterruptedPutSaysWhereToResume() throws Exception {
        cli("register", topic);
        List<String> command = CliProcess.command(node.clientPort(), "put", topic, "-");
        try (Wire wire = node.connect();
                CliProcess put = CliProcess.startWith(interruptible(command), Map.of())) {
            put.type("a\nb\n");
            Awaitility.await()
                    .until(() ->
                            Json.of(wire.ask("STATE " + topic)).path("entries").asLong() == 2);
            put.signal("INT").awaitEnd().exited(130);
            assertThat(put.err()).startsWith("2 of 2 entries stored").endsWith("to resume, begin with line 3\n");
        }
    }

    @Test
    void aClosedPipeEndsItSilently() throws Exception {
        cli("register", topic);
        withInput("line of some length\n".repeat(50_000), "put", topic, "-").exited(0);
        try (CliProcess shell = CliProcess.startWith(
                List.of(
                        "sh",
                        "-c",
                        "{ \"$@\"; echo code $? >&2; } | head -n 1",
                        "-",
                        CliProcess.LAUNCHER.toString(),
                        "--addr",
                        address(),
                        "get",
                        topic,
                        "--all"),
                Map.of())) {
            shell.end().exited(0).printed("line of some length\n");
            assertThat(shell.err()).isEqualTo("code 141\n");
        }
    }

    @Test
    void linesOfInputAreCommandsAndTheWorstOfThemIsTheExitCode() throws Exception {
        withInput("register " + topic + "\nPUT " + topic + "  a  b \nget " + topic + "\nget " + topic + "\n")
                .exited(0)
                .printed("OK\nOK\n a  b \nEMPTY\n")
                .saidNothing();
        CliProcess refused = withInput("\nget nowhere\n  \nput " + topic + " c\nget " + topic + "\nq\nget nowhere\n")
                .exited(1)
                .printed("OK\nc\n");
        assertThat(refused.err()).isEqualTo("ERR unknown topic nowhere\n");
        CliProcess wrong = withInput("nonsense\nget nowhere\nput " + topic + "\nput " + topic + " \nget " + topic)
                .exited(2)
                .printed("OK\n\n");
        assertThat(wrong.err().lines())
                .containsExactly(
                        "walrus-cli: unknown command nonsense: HELP lists the commands",
                        "ERR unknown topic nowhere",
                        "walrus-cli: PUT requires a payload");
        assertThat(withInput("help\nexit\nget nowhere\n").exited(0).out()).contains("FETCH", "EXIT");
    }

    @Test
    void aServerThatDiesBetweenTwoLinesOfAPutMayComeBack() throws Exception {
        NodeProcess mortal =
                NodeSetup.in(Files.createTempDirectory(folder, "mortal")).start();
        try (CliProcess put = CliProcess.start(mortal.clientPort(), "put", "logs", "-")) {
            put.type("a\nb\n");
            Awaitility.await()
                    .until(() ->
                            Json.of(mortal.ask("STATE logs")).path("entries").asLong() == 2);
            try (NodeProcess again = mortal.restart()) {
                put.type("c\n").end().exited(0);
                assertThat(put.err()).startsWith("3 of 3 entries stored");
                assertThat(Json.of(again.ask("STATE logs")).path("entries").asLong())
                        .isEqualTo(3);
            }
        }
    }

    /// Whoever starts these tests may have told its children to ignore Ctrl-C.
    private static List<String> interruptible(List<String> command) {
        List<String> all = new java.util.ArrayList<>(List.of("env", "--default-signal=INT"));
        all.addAll(command);
        return all;
    }

    private static String address() {
        return "127.0.0.1:" + node.clientPort();
    }

    private static CliProcess cli(String... arguments) throws IOException {
        return CliProcess.run(node.clientPort(), arguments);
    }

    private static CliProcess withInput(String input, String... arguments) throws IOException {
        return CliProcess.runWithInput(node.clientPort(), input.getBytes(StandardCharsets.UTF_8), arguments);
    }
}

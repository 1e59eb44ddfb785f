package io.walrus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.testkit.wire.ScriptedServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The commands against servers that say no, or go, in the middle.
@Timeout(60)
class BrokenServerTest {
    private static final String NOT_READY = "ERR not ready: no leader yet; try again";

    private static final int LINES = 8_000;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void linesThatCameTooEarlyAreSentAgainInTheirOrder() throws Exception {
        List<String> stored = new ArrayList<>();
        try (ScriptedServer server = new ScriptedServer(peer -> {
            // The first, twice too early; then a batch of which only the beginning is in time.
            for (int i = 0; i < 2; i++) {
                peer.request();
                peer.reply(NOT_READY);
            }
            stored.add(String.valueOf(peer.request()));
            peer.reply("OK");
            List<String> batch = take(peer, 9);
            for (int i = 0; i < batch.size(); i++) {
                peer.reply(i < 4 ? "OK" : NOT_READY);
            }
            stored.addAll(batch.subList(0, 4));
            String request = peer.request();
            while (request != null) {
                stored.add(request);
                peer.reply("OK");
                request = peer.request();
            }
        })) {
            assertThat(run(server, lines(10), "put", "t", "-"))
                    .as("exit code; %s", err)
                    .isZero();
            assertThat(stored).containsExactlyElementsOf(puts(1, 10));
            assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("10 of 10 entries stored, 20 bytes");
        }
    }

    @Test
    void theFirstRefusedLineEndsItAndAllRepliesAreRead() throws Exception {
        try (ScriptedServer server = new ScriptedServer(peer -> {
            peer.request();
            peer.reply("OK");
            take(peer, 8);
            for (int line = 2; line <= 9; line++) {
                peer.reply(line == 5 ? "ERR disk full: x" : line == 8 ? "ERR outcome unknown: y" : "OK");
            }
            peer.awaitEnd();
        })) {
            assertThat(run(server, lines(9), "put", "t", "-")).isEqualTo(Failure.SERVER_SAID_NO);
            assertThat(said())
                    .hasSize(4)
                    .startsWith("line 5: ERR disk full: x", "line 8: ERR outcome unknown: y")
                    .last()
                    .isEqualTo("to resume, begin with line 5; 3 lines behind it were stored, and will be twice");
            assertThat(said().get(2))
                    .startsWith("7 of 9 entries stored, 14 bytes")
                    .endsWith("; 1 refused; 1 with unknown outcome");
        }
    }

    @Test
    void ofManyErrorsTheFirstAreShown() throws Exception {
        try (ScriptedServer server = new ScriptedServer(peer -> {
            peer.request();
            peer.reply("OK");
            take(peer, 8);
            for (int line = 2; line <= 9; line++) {
                peer.reply("ERR read-only: x");
            }
            peer.awaitEnd();
        })) {
            assertThat(run(server, lines(9), "put", "t", "-")).isEqualTo(Failure.SERVER_SAID_NO);
            assertThat(said()).hasSize(6).contains("and 5 lines more").last().isEqualTo("to resume, begin with line 2");
        }
    }

    @Test
    void aLineThatIsRefusedForItsLengthLeavesNothingStoredBehindIt() throws Exception {
        try (ScriptedServer server = new ScriptedServer(peer -> {
            String request = peer.request();
            while (request != null) {
                peer.reply(request.length() > 20 ? "ERR frame too large: x" : "OK");
                request = peer.request();
            }
        })) {
            String input = "1\n2\n" + "long".repeat(10) + "\n4\n5\n";
            assertThat(run(server, input, "put", "t", "-")).isEqualTo(Failure.SERVER_SAID_NO);
            assertThat(said())
                    .startsWith("line 3: ERR frame too large: x")
                    .last()
                    .isEqualTo("to resume, begin with line 3");
            assertThat(server.requests()).hasSize(3);
        }
    }

    @Test
    void aConnectionThatBreaksLeavesLinesUnknownAndNothingGoesElsewhere() throws Exception {
        try (ScriptedServer server = new ScriptedServer(peer -> {
            peer.request();
            peer.reply("OK");
            take(peer, 4);
            peer.reply("OK");
        })) {
            assertThat(run(server, lines(5), "put", "t", "-")).isEqualTo(Failure.SERVER_SAID_NO);
            assertThat(said().getFirst()).startsWith("line 3: ERR outcome unknown: the connection to 127.0.0.1:");
            assertThat(said().get(3)).startsWith("2 of 5 entries stored").endsWith("3 with unknown outcome");
            assertThat(said()).last().isEqualTo("to resume, begin with line 3");
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void entriesHandedOutBehindAnErrorAreStillPrinted() throws Exception {
        try (ScriptedServer server = new ScriptedServer(peer -> {
            peer.request();
            peer.reply("OK first");
            take(peer, 2);
            peer.reply("ERR data damaged: x");
            peer.reply("OK third");
            peer.replyToAll("EMPTY");
        })) {
            assertThat(run(server, "", "get", "t", "--all")).isEqualTo(Failure.SERVER_SAID_NO);
            assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("first\nthird\n");
            assertThat(said()).containsExactly("ERR data damaged: x");
        }
    }

    @Test
    void whatWasTakenBeforeTheServerDiedIsPrinted() throws Exception {
        try (ScriptedServer server = new ScriptedServer(peer -> {
            for (String entry : List.of("OK 1", "OK 2", "OK 3")) {
                peer.request();
                peer.reply(entry);
            }
            peer.request();
        })) {
            assertThat(run(server, "", "get", "t", "--follow")).isEqualTo(Failure.SERVER_SAID_NO);
            assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("1\n2\n3\n");
            assertThat(said()).singleElement().asString().startsWith("ERR outcome unknown: the connection to");
        }
    }

    @Test
    void entriesAreTakenOnceTheNodeIsReady() throws Exception {
        try (ScriptedServer server = new ScriptedServer(peer -> {
            for (String reply : List.of(NOT_READY, NOT_READY, "OK 1")) {
                peer.request();
                peer.reply(reply);
            }
            peer.replyToAll("EMPTY");
        })) {
            assertThat(run(server, "", "get", "t", "--all")).isZero();
            assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("1\n");
            assertThat(said()).isEmpty();
        }
    }

    /// One node after the other is restarted; each says so behind what it has done.
    @Test
    void linesGoThroughARollingRestart() throws Exception {
        List<String> stored = Collections.synchronizedList(new ArrayList<>());
        try (ScriptedServer first = stopsAfter(3, stored);
                ScriptedServer second = stopsAfter(4, stored);
                ScriptedServer third = new ScriptedServer(
                        peer -> {
                            // Full at first.
                            peer.request();
                            peer.reply("ERR too many connections: x");
                        },
                        peer -> store(peer, Integer.MAX_VALUE, stored))) {
            assertThat(run(addresses(first, second, third), lines(20), "put", "t", "-"))
                    .as("exit code; %s", err)
                    .isZero();
            assertThat(stored).containsExactlyElementsOf(puts(1, 20));
            assertThat(said()).singleElement().asString().startsWith("20 of 20 entries stored");
        }
    }

    /// While some lines are still being refused, others find the connection ended.
    @Test
    void linesKeepTheirOrderHoweverOftenTheNodeStops() throws Exception {
        List<String> stored = Collections.synchronizedList(new ArrayList<>());
        String input = IntStream.range(0, LINES).mapToObj(line -> line + "\n").collect(Collectors.joining());
        try (ScriptedServer server = new ScriptedServer(peer -> {
            store(peer, 200, stored);
            peer.reply("ERR shutting down: x");
        })) {
            assertThat(run(server, input, "put", "t", "-")).as("%s", err).isZero();
        }
        assertThat(stored)
                .containsExactlyElementsOf(IntStream.range(0, LINES)
                        .mapToObj(line -> "PUT t " + line)
                        .toList());
    }

    @Test
    void aConnectionThatEndsBetweenLinesCostsNothing() throws Exception {
        List<String> stored = Collections.synchronizedList(new ArrayList<>());
        try (ScriptedServer server = new ScriptedServer(
                peer -> peer.reply("ERR shutting down: x"), peer -> store(peer, Integer.MAX_VALUE, stored))) {
            assertThat(run(server, lines(3), "put", "t", "-")).as("%s", err).isZero();
            assertThat(stored).containsExactlyElementsOf(puts(1, 3));
        }
    }

    @Test
    void entriesAreFollowedThroughARollingRestart() throws Exception {
        try (ScriptedServer first = handsOut("1", "2");
                ScriptedServer second = handsOut("3");
                ScriptedServer third = handsOut("4", "5")) {
            assertThat(run(addresses(first, second, third), "", "get", "t", "--follow", "--count", "5"))
                    .as("exit code; %s", err)
                    .isZero();
            assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("1\n2\n3\n4\n5\n");
        }
    }

    @Test
    void entriesThatCannotBePrintedAreCounted() throws Exception {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        PrintStream lines = new PrintStream(err, true, StandardCharsets.UTF_8);
        Terminal terminal = new Terminal(InputStream.nullInputStream(), full, lines, false, false, false);
        try (ScriptedServer server = handsOut("1", "2", "3")) {
            String address = addresses(server);
            assertThat(CliMain.run(new String[] {"--addr", address, "get", "t", "--count", "3"}, terminal))
                    .isEqualTo(Failure.SERVER_SAID_NO);
        }
        try (ScriptedServer server = handsOut("1")) {
            String address = addresses(server);
            assertThat(CliMain.run(new String[] {"--addr", address, "get", "t"}, terminal))
                    .isEqualTo(Failure.SERVER_SAID_NO);
        }
        assertThat(said())
                .containsExactly(
                        "walrus-cli: can't write the result: No space left on device; 3 entries that were taken "
                                + "can't be shown, and can be read with fetch",
                        "walrus-cli: can't write the result: No space left on device; 1 entry that was taken "
                                + "can't be shown, and can be read with fetch");
    }

    @Test
    void withoutAnOutputNothingIsTakenAndWithoutAnInputNothingIsStored() throws Exception {
        PrintStream lines = new PrintStream(err, true, StandardCharsets.UTF_8);
        Terminal terminal =
                new Terminal(new Terminal.ClosedInput(), new Terminal.ClosedOutput(), lines, false, false, false);
        try (ScriptedServer server = new ScriptedServer(peer -> peer.replyToAll("OK 1"))) {
            String address = addresses(server);
            for (List<String> command : List.of(
                    List.of("get", "t"),
                    List.of("get", "t", "--all"),
                    List.of("put", "t", "x"),
                    List.<String>of(),
                    List.of("put", "t", "-"))) {
                List<String> arguments = new ArrayList<>(List.of("--addr", address));
                arguments.addAll(command);
                assertThat(CliMain.run(arguments.toArray(String[]::new), terminal))
                        .isEqualTo(Failure.USAGE);
            }
            assertThat(server.requests()).isEmpty();
        }
        assertThat(said().subList(0, 4)).containsOnly("walrus-cli: standard output is closed");
        assertThat(said()).last().isEqualTo("walrus-cli: standard input is closed");
    }

    @Test
    void argumentsThatAreNoTextAreRefusedInOneLine() throws Exception {
        try (ScriptedServer server = new ScriptedServer(peer -> peer.replyToAll("OK"))) {
            assertThat(run(server, "", "put", "t", "caf\uFFFD")).isEqualTo(Failure.USAGE);
            assertThat(run(server, "", "get", "t\uFFFD")).isEqualTo(Failure.USAGE);
            assertThat(said()).hasSize(2).first().asString().contains("'caf\uFFFD' is not valid UTF-8");
            assertThat(server.requests()).isEmpty();
        }
    }

    private static ScriptedServer stopsAfter(int entries, List<String> stored) throws IOException {
        return new ScriptedServer(peer -> {
            store(peer, entries, stored);
            for (int i = 0; i < 3 && peer.request() != null; i++) {
                peer.reply("ERR shutting down: x");
            }
        });
    }

    private static void store(ScriptedServer.Peer peer, int entries, List<String> stored) throws IOException {
        for (int i = 0; i < entries; i++) {
            String request = peer.request();
            if (request == null) {
                return;
            }
            stored.add(request);
            peer.reply("OK");
        }
    }

    private static ScriptedServer handsOut(String... entries) throws IOException {
        return new ScriptedServer(peer -> {
            for (String entry : entries) {
                peer.request();
                peer.reply("OK " + entry);
            }
            // Comes to nobody, or to what is on its way.
            peer.reply("ERR shutting down: x");
        });
    }

    private static String addresses(ScriptedServer... servers) {
        return Stream.of(servers).map(server -> "127.0.0.1:" + server.port()).collect(Collectors.joining(","));
    }

    @Test
    void aServerThatTakesNoMoreConnectionsIsExitCodeThree() throws Exception {
        ScriptedServer server = new ScriptedServer(ScriptedServer.Peer::awaitEnd);
        server.close();
        assertThat(run(server, "", "metrics")).isEqualTo(Failure.CANNOT_CONNECT);
        assertThat(run(server, "get t\n")).isEqualTo(Failure.CANNOT_CONNECT);
        assertThat(said()).hasSize(2).allMatch(line -> line.contains("127.0.0.1:" + server.port()));
    }

    private static List<String> take(ScriptedServer.Peer peer, int count) throws IOException {
        List<String> requests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            requests.add(String.valueOf(peer.request()));
        }
        return requests;
    }

    private static String lines(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(line -> Character.toString('a' + line) + "\n")
                .collect(Collectors.joining());
    }

    private static List<String> puts(int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(line -> "PUT t " + Character.toString('a' + line))
                .toList();
    }

    private List<String> said() {
        return err.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private int run(ScriptedServer server, String input, String... command) {
        return run(addresses(server), input, command);
    }

    private int run(String addresses, String input, String... command) {
        List<String> arguments = new ArrayList<>(List.of("--addr", addresses));
        arguments.addAll(List.of(command));
        PrintStream lines = new PrintStream(err, true, StandardCharsets.UTF_8);
        ByteArrayInputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        return CliMain.run(arguments.toArray(String[]::new), new Terminal(in, out, lines, false, false, false));
    }
}

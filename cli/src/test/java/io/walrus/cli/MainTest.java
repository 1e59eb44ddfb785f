package io.walrus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @ParameterizedTest
    @ValueSource(strings = {"put", "get", "register", "state", "fetch"})
    void aTopicWithASpaceIsRefusedBeforeAnythingIsSent(String command) {
        String[] arguments = command.equals("fetch")
                ? new String[] {command, "a b", "1", "0"}
                : command.equals("put") ? new String[] {command, "a b", "data"} : new String[] {command, "a b"};
        assertThat(run(arguments)).isEqualTo(Failure.USAGE);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(err.toString(StandardCharsets.UTF_8).lines())
                .singleElement()
                .asString()
                .contains("topic must not contain spaces");
    }

    @Test
    void anUnknownCommandIsOneLineAndExitCodeTwo() {
        assertThat(run("pot", "logs", "data")).isEqualTo(Failure.USAGE);
        assertThat(err.toString(StandardCharsets.UTF_8).lines()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"put", "get", "register", "state", "fetch", "metrics", "cluster", "node"})
    void everyCommandExplainsItself(String command) {
        assertThat(run(command, "--help")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .startsWith("Usage: walrus-cli " + command)
                .contains("Exit codes");
    }

    private int run(String... arguments) {
        PrintStream lines = new PrintStream(err, true, StandardCharsets.UTF_8);
        return CliMain.run(
                arguments, new Terminal(new ByteArrayInputStream(new byte[0]), out, lines, false, false, false));
    }
}

package io.walrus.systemtests.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.testkit.process.Processes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/// The command line as users run it: the launcher of the distribution. Closing it kills it.
final class CliProcess implements AutoCloseable {
    static final Path LAUNCHER = Path.of("..", "dist", "target", "walrus", "bin", "walrus-cli")
            .toAbsolutePath()
            .normalize();

    private static final long TIMEOUT_S = 60;

    private final Process process;
    private final Path out;
    private final Path err;

    private CliProcess(List<String> command, Map<String, String> environment) throws IOException {
        out = Files.createTempFile("walrus-cli", ".out");
        err = Files.createTempFile("walrus-cli", ".err");
        Path home = Files.createTempDirectory("walrus-home");
        for (Path file : List.of(out, err, home)) {
            file.toFile().deleteOnExit();
        }
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().keySet().retainAll(List.of("PATH", "JAVA_HOME"));
        builder.environment().put("HOME", home.toString());
        builder.environment().putAll(environment);
        process = Processes.start(builder);
    }

    /// The command line with a node to talk to, and an input that goes on.
    static CliProcess start(int port, String... arguments) throws IOException {
        return new CliProcess(command(port, arguments), Map.of());
    }

    /// Another program that starts the command line.
    static CliProcess startWith(List<String> program, Map<String, String> environment) throws IOException {
        return new CliProcess(program, environment);
    }

    /// Runs it to its end, without any input.
    static CliProcess run(int port, String... arguments) throws IOException {
        return runWithInput(port, new byte[0], arguments);
    }

    static CliProcess runWithInput(int port, byte[] input, String... arguments) throws IOException {
        return start(port, arguments).type(input).end();
    }

    static List<String> command(int port, String... arguments) {
        List<String> command = new ArrayList<>(List.of(LAUNCHER.toString(), "--addr", "127.0.0.1:" + port));
        command.addAll(List.of(arguments));
        return command;
    }

    CliProcess type(String text) throws IOException {
        return type(text.getBytes(StandardCharsets.UTF_8));
    }

    CliProcess type(byte[] bytes) throws IOException {
        OutputStream in = process.getOutputStream();
        in.write(bytes);
        in.flush();
        return this;
    }

    /// Sends it a signal, named as `kill` names it.
    CliProcess signal(String name) throws Exception {
        int exitCode = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
        assertThat(exitCode).isZero();
        return this;
    }

    CliProcess awaitOut(String text) {
        return awaitOut(text, 1);
    }

    /// Waits until it has printed a text so many times.
    CliProcess awaitOut(String text, int times) {
        Awaitility.await("the output has " + text)
                .atMost(TIMEOUT_S, TimeUnit.SECONDS)
                .failFast(() -> assertThat(process.isAlive() || has(text, times))
                        .as("it runs; %s", this)
                        .isTrue())
                .until(() -> has(text, times));
        return this;
    }

    private boolean has(String text, int times) throws IOException {
        return out().split(Pattern.quote(text), -1).length > times;
    }

    /// Ends its input and waits for its own end.
    CliProcess end() throws IOException {
        try {
            process.getOutputStream().close();
        } catch (IOException _) {
            // It has ended already, with input unread.
        }
        return awaitEnd();
    }

    /// Waits until it has ended by itself.
    CliProcess awaitEnd() throws IOException {
        try {
            assertThat(process.waitFor(TIMEOUT_S, TimeUnit.SECONDS))
                    .as("it ends; %s", this)
                    .isTrue();
            Processes.kill(process);
            return this;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    CliProcess exited(int code) {
        assertThat(process.exitValue()).as("exit code; %s", this).isEqualTo(code);
        return this;
    }

    CliProcess printed(String text) throws IOException {
        assertThat(out()).as("%s", this).isEqualTo(text);
        return this;
    }

    CliProcess saidNothing() throws IOException {
        assertThat(err()).isEmpty();
        return this;
    }

    byte[] outBytes() throws IOException {
        return Files.readAllBytes(out);
    }

    String out() throws IOException {
        return new String(outBytes(), StandardCharsets.UTF_8);
    }

    String err() throws IOException {
        return Files.readString(err);
    }

    @Override
    public String toString() {
        try {
            return "it printed: " + out() + "\nand said: " + err();
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() throws IOException {
        kill();
        Files.deleteIfExists(out);
        Files.deleteIfExists(err);
    }

    private void kill() throws IOException {
        try {
            Processes.kill(process);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}

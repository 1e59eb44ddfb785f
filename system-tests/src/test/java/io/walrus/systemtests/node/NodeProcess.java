package io.walrus.systemtests.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/// A node that runs in a process of its own. Closing it kills it.
public final class NodeProcess implements AutoCloseable {
    private static final Duration SERVES_WITHIN = Duration.ofSeconds(60);
    private static final long STOPS_WITHIN_S = 5;
    private static final long ENDS_WITHIN_S = 60;

    private final NodeSetup setup;
    private final Process process;
    private final Path log;

    private NodeProcess(NodeSetup setup, Process process, Path log) {
        this.setup = setup;
        this.process = process;
        this.log = log;
    }

    /// Starts a node and waits until it serves.
    static NodeProcess start(NodeSetup setup) throws IOException {
        NodeProcess node = launch(setup);
        try {
            node.awaitServing();
        } catch (RuntimeException | Error e) {
            node.close();
            throw e;
        }
        return node;
    }

    /// Starts a node without waiting for anything.
    public static NodeProcess launch(NodeSetup setup) throws IOException {
        Path log = Files.createTempFile("walrus-node", ".log");
        Process process = Processes.start(
                setup.process().redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.to(log.toFile())));
        return new NodeProcess(setup, process, log);
    }

    public Wire connect() throws IOException {
        return Wire.to(address());
    }

    /// Where clients find it.
    public InetSocketAddress address() {
        return new InetSocketAddress(setup.place().host(), setup.clientPort());
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public int clientPort() {
        return setup.clientPort();
    }

    /// Asks on a connection of its own.
    public Reply ask(String request) throws IOException {
        try (Wire wire = connect()) {
            return wire.ask(request);
        }
    }

    public JsonNode metrics() throws IOException {
        return ask("METRICS").json();
    }

    /// Bytes of memory the process holds.
    public long residentBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElseThrow();
    }

    /// What its open files are, as the system names them.
    public List<String> openFiles() throws IOException {
        List<String> names = new ArrayList<>();
        try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
            for (Path file : open.toList()) {
                try {
                    names.add(Files.readSymbolicLink(file).toString());
                } catch (NoSuchFileException _) {
                    // Closed meanwhile.
                }
            }
        }
        return names;
    }

    /// Ends the process as a crash would.
    public NodeProcess kill9() {
        try {
            Processes.kill(process);
            return this;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// Stops the process where it stands, until [#resume]: it keeps its connections and answers nothing.
    public void pause() throws IOException {
        signal("STOP");
    }

    public void resume() throws IOException {
        signal("CONT");
    }

    /// Has each write of the process fail that goes past so many bytes of a file, as a failing disk would.
    public void failWritesPast(long bytes) throws IOException {
        run("prlimit", "--pid", Long.toString(process.pid()), "--fsize=" + bytes);
    }

    /// Waits until the process has ended by itself.
    ///
    /// @return its exit code
    public int awaitEnd() {
        try {
            assertThat(process.waitFor(ENDS_WITHIN_S, TimeUnit.SECONDS))
                    .as("ends by itself within %d s; it said: %s", ENDS_WITHIN_S, output())
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return process.exitValue();
    }

    /// Asks the process to stop, which it does in time and with exit code 0.
    public NodeProcess terminate() {
        return terminate(STOPS_WITHIN_S);
    }

    /// The same with as much time as is named, for nodes on a machine that has too much to do.
    public NodeProcess terminate(long withinS) {
        process.destroy();
        try {
            assertThat(process.waitFor(withinS, TimeUnit.SECONDS))
                    .as("stops within %d s; it said: %s", withinS, output())
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        assertThat(process.exitValue()).as("exit code; it said: %s", output()).isZero();
        return this;
    }

    /// Starts it again, once it has ended, on the same folder and ports.
    public NodeProcess restart() throws IOException {
        close();
        return setup.start();
    }

    /// All it has said so far.
    public String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What users and peers do is no reason for a stack trace or an error.
    public void assertUnruffled() {
        assertThat(process.isAlive()).as("the node runs; it said: %s", output()).isTrue();
        assertUnruffledToTheEnd();
    }

    /// The same of a node that has ended.
    public void assertUnruffledToTheEnd() {
        assertThat(output()).doesNotContain("\tat ").doesNotContain(" ERROR ");
    }

    @Override
    public void close() throws IOException {
        kill9();
        Files.deleteIfExists(log);
    }

    private void signal(String name) throws IOException {
        run("kill", "-" + name, Long.toString(process.pid()));
    }

    private static void run(String... command) throws IOException {
        try {
            assertThat(new ProcessBuilder(command).start().waitFor())
                    .as("%s", List.of(command))
                    .isZero();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// Waits until it answers METRICS.
    public void awaitServing() {
        Awaitility.await("the node serves")
                .atMost(SERVES_WITHIN)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    assertThat(process.isAlive())
                            .as("the node runs; it said: %s", output())
                            .isTrue();
                    return answers();
                });
    }

    private boolean answers() {
        try {
            return !ask("METRICS").isError();
        } catch (IOException _) {
            return false;
        }
    }
}

package io.walrus.testkit.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A server that runs in a process of its own, Walrus or another. Closing it kills it and removes its log.
public class ServerProcess implements AutoCloseable {
    private static final int CONNECT_TIMEOUT_MS = 1_000;
    private static final long STOPS_WITHIN_S = 5;
    private static final long ENDS_WITHIN_S = 60;

    private final String name;
    private final Process process;
    private final Path log;

    /// Starts it without waiting for anything.
    ///
    /// @param name for messages
    public ServerProcess(String name, ProcessBuilder builder) throws IOException {
        this.name = name;
        this.log = Files.createTempFile("walrus-server", ".log");
        this.process = Processes.start(
                builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.to(log.toFile())));
    }

    public final boolean isAlive() {
        return process.isAlive();
    }

    public final long pid() {
        return process.pid();
    }

    /// Waits until the server takes connections, which only tells that a server is there, not that it serves.
    public final void awaitListening(InetSocketAddress address) {
        awaitAlive("it takes connections", () -> {
            try (Socket socket = new Socket()) {
                socket.connect(address, CONNECT_TIMEOUT_MS);
                return true;
            }
        });
    }

    /// Waits for a condition that only a running server can meet.
    public final void awaitAlive(String what, Waiting.Condition condition) {
        Waiting.until(name + ": " + what, Waiting.SOON, () -> {
            require(process.isAlive(), "ended while waited for: " + what);
            return condition.holds();
        });
    }

    /// Bytes of memory the process holds; what it mapped of files and has touched counts too.
    public final long residentBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid()), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElseThrow();
    }

    /// What its open files are, as the system names them.
    public final List<String> openFiles() throws IOException {
        List<String> names = new ArrayList<>();
        try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(pid()), "fd"))) {
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
    public final void kill9() {
        try {
            Processes.kill(process);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /// Stops the process where it stands, until [#resume]: it keeps its connections and answers nothing.
    public final void pause() throws IOException {
        run("kill", "-STOP", Long.toString(pid()));
    }

    public final void resume() throws IOException {
        run("kill", "-CONT", Long.toString(pid()));
    }

    /// Has each write of the process fail that goes past so many bytes of a file, as a failing disk would.
    public final void failWritesPast(long bytes) throws IOException {
        run("prlimit", "--pid", Long.toString(pid()), "--fsize=" + bytes);
    }

    /// Waits until the process has ended by itself.
    ///
    /// @return its exit code
    public final int awaitEnd() {
        require(endsWithin(ENDS_WITHIN_S), "does not end by itself within " + ENDS_WITHIN_S + " s");
        return process.exitValue();
    }

    /// Asks the process to stop, which it does in time and with exit code 0.
    public final void terminate() {
        terminate(STOPS_WITHIN_S);
    }

    /// The same with as much time as is named, for a machine that has too much to do.
    public final void terminate(long withinS) {
        process.destroy();
        require(endsWithin(withinS), "does not stop within " + withinS + " s");
        require(process.exitValue() == 0, "ends with exit code " + process.exitValue());
    }

    private boolean endsWithin(long seconds) {
        try {
            return process.waitFor(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /// All it has said so far.
    public final String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What users and peers do is no reason for a stack trace or an error.
    public final void assertUnruffled() {
        require(process.isAlive(), "has ended");
        assertUnruffledToTheEnd();
    }

    /// The same of a process that has ended.
    public final void assertUnruffledToTheEnd() {
        String output = output();
        require(!output.contains("\tat ") && !output.contains(" ERROR "), "shows a stack trace or an error");
    }

    private void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new AssertionError(name + " " + otherwise + "; it said: " + output());
        }
    }

    @Override
    public void close() throws IOException {
        kill9();
        Files.deleteIfExists(log);
    }

    private static void run(String... command) throws IOException {
        try {
            if (new ProcessBuilder(command).start().waitFor() != 0) {
                throw new IOException(String.join(" ", command) + " failed");
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted", e);
    }
}

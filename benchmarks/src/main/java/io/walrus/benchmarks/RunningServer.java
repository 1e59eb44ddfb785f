package io.walrus.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A server in a folder of its own; closing it ends the process and removes the folder.
public final class RunningServer implements AutoCloseable {
    private static final long START_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final int CONNECT_TIMEOUT_MS = 1000;
    private static final int STOP_TIMEOUT_SECONDS = 15;

    private final String title;
    private final Process process;
    private final Path folder;
    private final Path log;
    private final InetSocketAddress address;

    private RunningServer(String title, Process process, Path folder, Path log, InetSocketAddress address) {
        this.title = title;
        this.process = process;
        this.folder = folder;
        this.log = log;
        this.address = address;
    }

    /// Starts a process and does not wait for it.
    ///
    /// @param folder its data, removed in the end; its output goes to a file beside it
    /// @param environment variables it gets beside those of this process
    public static RunningServer start(
            String title, Path folder, int port, List<String> command, Map<String, String> environment)
            throws IOException {
        Path log = folder.resolveSibling(folder.getFileName() + ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        // Or a benchmark that is stopped would leave it behind.
        Thread atExit = new Thread(process::destroy, "stop-server");
        try {
            Runtime.getRuntime().addShutdownHook(atExit);
        } catch (IllegalStateException e) {
            process.destroyForcibly();
            throw new IOException(title + " was not started, as the benchmark is being stopped", e);
        }
        var _ = process.onExit().thenRun(() -> forget(atExit));
        return new RunningServer(
                title, process, folder, log, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /// Waits until it takes connections.
    public void awaitStart() throws IOException, InterruptedException {
        long deadlineNs = System.nanoTime() + START_TIMEOUT_NS;
        while (!answers()) {
            if (!process.isAlive() || System.nanoTime() > deadlineNs) {
                end();
                throw new IOException(title + " did not start; its output is in " + log);
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    public InetSocketAddress address() {
        return address;
    }

    public long pid() {
        return process.pid();
    }

    /// Ends the process as `kill -9` does, and waits until it is gone.
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(address, CONNECT_TIMEOUT_MS);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        end();
        Files.deleteIfExists(log);
    }

    private void end() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        remove(folder);
    }

    /// Removes a folder and all in it, if it is there.
    public static void remove(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    static void forget(Thread atExit) {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException _) {
            // The hooks are running: it has done its work, or is about to find nothing to do.
        }
    }

    /// A port nobody listens on at the moment.
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}

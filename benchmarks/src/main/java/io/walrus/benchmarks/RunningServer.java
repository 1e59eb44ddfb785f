package io.walrus.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A server in a folder of its own; closing it ends the process and removes the folder.
final class RunningServer implements AutoCloseable {
    private static final long START_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(30);
    private static final int STOP_TIMEOUT_SECONDS = 15;

    private final Process process;
    private final Path folder;
    private final InetSocketAddress address;

    private RunningServer(Process process, Path folder, InetSocketAddress address) {
        this.process = process;
        this.folder = folder;
        this.address = address;
    }

    static RunningServer start(Contender contender, Path launcher, Path work, int payloadBytes)
            throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(work, "server-");
        int port = freePort();
        Path log = folder.resolveSibling(folder.getFileName() + ".log");
        Process process = new ProcessBuilder(contender.command(launcher, folder, port, freePort(), payloadBytes))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        // Or a benchmark that is stopped would leave it behind.
        Thread atExit = new Thread(process::destroy, "stop-server");
        Runtime.getRuntime().addShutdownHook(atExit);
        var _ = process.onExit().thenRun(() -> forget(atExit));
        RunningServer server =
                new RunningServer(process, folder, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        long deadlineNs = System.nanoTime() + START_TIMEOUT_NS;
        while (!server.answers()) {
            if (!process.isAlive() || System.nanoTime() > deadlineNs) {
                server.close();
                throw new IOException(contender.title() + " did not start; its output is in " + log);
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        Files.delete(log);
        return server;
    }

    InetSocketAddress address() {
        return address;
    }

    long pid() {
        return process.pid();
    }

    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(address);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static void forget(Thread atExit) {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException _) {
            // The hooks are running: it has done its work, or is about to find nothing to do.
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}

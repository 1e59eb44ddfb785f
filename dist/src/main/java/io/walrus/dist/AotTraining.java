package io.walrus.dist;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Makes the ahead-of-time caches (JEP 514): starts a node on an empty folder and free ports, and a second one that
/// joins it, has them serve, talks to the first with the command line, and stops both. On its way out each Java writes
/// a cache of the classes it had loaded and of what it learnt about its methods; that of the second node is not kept.
///
/// A distribution without caches only starts more slowly, so nothing that goes wrong here fails the build: it costs one
/// line of warning.
final class AotTraining {
    private static final String NODE = "walrus-node";
    private static final String CLI = "walrus-cli";
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration EXIT_TIMEOUT = Duration.ofSeconds(90);

    private static final String COMMANDS = """
            register commands
            put commands one entry
            get commands
            get commands
            fetch commands 1 0
            state commands
            metrics
            exit
            """;

    private final Distribution distribution;
    private final Path scratch;

    /// @param scratch a folder of the training's own, emptied first; it keeps the output of the processes
    AotTraining(Distribution distribution, Path scratch) {
        this.distribution = distribution;
        this.scratch = scratch;
    }

    /// Makes both caches, replacing those of an earlier build.
    ///
    /// @return whether both were made
    boolean run() throws IOException, InterruptedException {
        deleteRecursively(scratch);
        Files.createDirectories(scratch);
        Files.deleteIfExists(distribution.aotCache(NODE));
        Files.deleteIfExists(distribution.aotCache(CLI));
        Map<String, String> failures = train();
        for (Map.Entry<String, String> failure : failures.entrySet()) {
            // A program that failed has written a cache all the same, but of how it fails.
            Files.deleteIfExists(distribution.aotCache(failure.getKey()));
            System.err.printf(
                    "warning: %s will start without an ahead-of-time cache: %s; see %s%n",
                    failure.getKey(), failure.getValue(), scratch);
        }
        deleteRecursively(scratch.resolve("data"));
        return failures.isEmpty();
    }

    /// Trains both programs.
    ///
    /// @return what went wrong, by program
    private Map<String, String> train() throws IOException, InterruptedException {
        Map<String, String> failures = new TreeMap<>();
        int clientPort = freePort();
        int raftPort = freePort();
        int otherPort = freePort();
        Process node = start(NODE, NODE, true, nodeArguments(1, clientPort, raftPort));
        List<String> joining = new ArrayList<>(nodeArguments(2, otherPort, freePort()));
        joining.add("--join=127.0.0.1:" + raftPort);
        Process other = start(NODE, NODE + "-2", false, joining);
        try {
            if (!awaitService(node, clientPort)) {
                failures.put(NODE, "it did not serve");
            }
            // Alone it learns less, but enough to start sooner.
            boolean _ = awaitService(other, otherPort);
            TrainingLoad.run(clientPort);
            Process cli = start(CLI, CLI, true, List.of("--addr=127.0.0.1:" + clientPort));
            try (Writer commands = cli.outputWriter()) {
                commands.write(COMMANDS);
            }
            awaitCache(CLI, cli, failures);
        } catch (IOException failure) {
            failures.putIfAbsent(NODE, String.valueOf(failure.getMessage()));
        } finally {
            node.destroy();
            awaitCache(NODE, node, failures);
            other.destroyForcibly().waitFor();
        }
        return failures;
    }

    private List<String> nodeArguments(int id, int clientPort, int raftPort) {
        return List.of(
                "--node-id=" + id,
                "--data-dir=" + scratch.resolve("data").resolve("node" + id),
                "--client-port=" + clientPort,
                "--raft-port=" + raftPort);
    }

    private void awaitCache(String launcher, Process process, Map<String, String> failures)
            throws InterruptedException {
        if (!process.waitFor(EXIT_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            failures.putIfAbsent(launcher, "it did not end");
        } else if (process.exitValue() != 0) {
            failures.putIfAbsent(launcher, "it ended with code " + process.exitValue());
        } else if (!Files.exists(distribution.aotCache(launcher))) {
            failures.putIfAbsent(launcher, "its Java wrote none");
        }
    }

    /// Starts a launcher. The user's own settings stay out of it.
    ///
    /// @param name of the file with its output
    /// @param isTrained whether its Java writes a cache when it ends
    private Process start(String launcher, String name, boolean isTrained, List<String> arguments) throws IOException {
        ProcessBuilder process =
                new ProcessBuilder(distribution.launcher(launcher).toString());
        process.command().addAll(arguments);
        process.environment()
                .keySet()
                .removeIf(variable -> variable.startsWith("WALRUS_") || variable.equals("RUST_LOG"));
        process.environment().put("JAVA_HOME", System.getProperty("java.home"));
        if (isTrained) {
            process.environment().put("WALRUS_AOT_TRAINING", "1");
        }
        return process.redirectErrorStream(true)
                .redirectOutput(scratch.resolve(name + ".log").toFile())
                .start();
    }

    private static boolean awaitService(Process node, int port) throws InterruptedException {
        long deadlineNs = System.nanoTime() + READY_TIMEOUT.toNanos();
        while (System.nanoTime() < deadlineNs) {
            if (node.waitFor(100, TimeUnit.MILLISECONDS)) {
                return false;
            }
            if (TrainingLoad.isServed(port)) {
                return true;
            }
        }
        return false;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void deleteRecursively(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
            });
        }
    }
}

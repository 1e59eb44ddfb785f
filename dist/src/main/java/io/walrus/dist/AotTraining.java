package io.walrus.dist;

import io.walrus.testkit.process.NodeCluster;
import io.walrus.testkit.process.NodeProcess;
import io.walrus.testkit.process.NodeProgram;
import io.walrus.testkit.process.NodeSetup;
import io.walrus.testkit.process.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
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
    private static final String TRAINED = "WALRUS_AOT_TRAINING";
    private static final String JAVA_HOME = System.getProperty("java.home");
    private static final long EXIT_SECONDS = 90;

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
    boolean run() throws IOException {
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
    private Map<String, String> train() throws IOException {
        Map<String, String> failures = new TreeMap<>();
        try (NodeCluster nodes = new NodeCluster(scratch.resolve("data"), this::node, 2, UnaryOperator.identity())) {
            nodes.change(1, setup -> setup.with(TRAINED, 1));
            nodes.launch(nodes.ids());
            try {
                awaitService(nodes);
                TrainingLoad.run(nodes.node(1));
                trainCommandLine(nodes.setup(1).clientPort(), failures);
            } catch (IOException | IllegalStateException | AssertionError failure) {
                failures.putIfAbsent(NODE, firstLine(failure));
            }
            NodeProcess node = nodes.node(1);
            note(failures, NODE, node, () -> {
                node.terminate(EXIT_SECONDS);
                return "";
            });
        }
        return failures;
    }

    private NodeSetup node(Path folder) {
        return NodeSetup.of(new NodeProgram.OfLauncher(distribution.launcher(NODE)), folder)
                .with("JAVA_HOME", JAVA_HOME)
                // The flags of whoever builds stay out of it.
                .with("WALRUS_JAVA_OPTS", "");
    }

    private static void awaitService(NodeCluster nodes) {
        nodes.node(1).awaitVoters(List.of(1));
        try {
            nodes.node(2).awaitVoters(List.of(1, 2));
        } catch (IllegalStateException | AssertionError _) {
            // Alone the first one learns less, but enough to start sooner.
        }
    }

    private void trainCommandLine(int port, Map<String, String> failures) throws IOException {
        ProcessBuilder program =
                new NodeProgram.OfLauncher(distribution.launcher(CLI)).process(List.of("--addr=127.0.0.1:" + port));
        program.environment().putAll(Map.of(TRAINED, "1", "JAVA_HOME", JAVA_HOME, "WALRUS_JAVA_OPTS", ""));
        Path input = Files.writeString(scratch.resolve("commands"), COMMANDS);
        try (ServerProcess cli = new ServerProcess(CLI, program.redirectInput(input.toFile()))) {
            note(failures, CLI, cli, () -> cli.awaitEnd() == 0 ? "" : "it failed");
        }
    }

    /// What became of a program that was to write its cache at its end, and keeps what it said.
    private void note(Map<String, String> failures, String launcher, ServerProcess process, Supplier<String> end)
            throws IOException {
        String failure;
        try {
            failure = end.get();
        } catch (AssertionError e) {
            failure = firstLine(e);
        }
        Files.writeString(scratch.resolve(launcher + ".log"), process.output());
        if (failure.isEmpty() && !Files.exists(distribution.aotCache(launcher))) {
            failure = "its Java wrote none";
        }
        if (!failure.isEmpty()) {
            failures.putIfAbsent(launcher, failure);
        }
    }

    private static String firstLine(Throwable failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
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

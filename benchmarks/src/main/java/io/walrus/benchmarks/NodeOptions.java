package io.walrus.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// The options of all programs that start nodes; the scripts that run them give them.
public final class NodeOptions {
    @Option(names = "--node", description = "the launcher of the node", required = true)
    private Path launcher = Path.of("bin/walrus-node");

    @Option(names = "--work", description = "folder for data, on the disk to be measured", required = true)
    private Path work = Path.of("build/benchmarks");

    /// What starts a node.
    public Path launcher() {
        return launcher;
    }

    /// The folder for data, made if it isn't there.
    public Path work() throws IOException {
        Files.createDirectories(work);
        return work.toRealPath();
    }

    /// Runs a program, for which an option given twice counts as it was given last: the scripts give some.
    ///
    /// @return the exit code
    public static int execute(Object command, String[] arguments) {
        return new CommandLine(command)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOverwrittenOptionsAllowed(true)
                .execute(arguments);
    }
}

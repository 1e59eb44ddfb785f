package io.walrus.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/// The options of the programs that write tables.
public final class MeasuringOptions {
    @Option(names = "--results", description = "folder for the tables", required = true)
    private Path results = Path.of("benchmarks/results");

    @Option(names = "--warm-up", description = "seconds before each measurement")
    private int warmUpSeconds;

    @Option(names = "--seconds", description = "seconds of each measurement")
    private int seconds;

    /// With these defaults.
    public MeasuringOptions(int warmUpSeconds, int seconds) {
        this.warmUpSeconds = warmUpSeconds;
        this.seconds = seconds;
    }

    /// The folder for tables, made if it isn't there.
    public Path results() throws IOException {
        Files.createDirectories(results);
        return results;
    }

    public int warmUpSeconds() {
        return warmUpSeconds;
    }

    public int seconds() {
        return seconds;
    }
}

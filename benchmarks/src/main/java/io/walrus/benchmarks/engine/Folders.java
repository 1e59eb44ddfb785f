package io.walrus.benchmarks.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// The folders that logs are measured in.
final class Folders {
    /// The system property that names the folder they lie in.
    static final String WORK = "walrus.benchmarks.work";

    private Folders() {}

    static Path create() throws IOException {
        Path work = Path.of(System.getProperty(WORK, "build/benchmarks"));
        return Files.createTempDirectory(Files.createDirectories(work), "engine-");
    }

    static void copy(Path from, Path to) throws IOException {
        for (Path source : all(from)) {
            Path target = to.resolve(from.relativize(source));
            if (Files.isDirectory(source)) {
                Files.createDirectories(target);
            } else {
                Files.copy(source, target);
            }
        }
    }

    static void delete(Path folder) throws IOException {
        for (Path file : all(folder).reversed()) {
            Files.delete(file);
        }
    }

    private static List<Path> all(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.sorted(Comparator.naturalOrder()).toList();
        }
    }

    /// Has the system write all it holds for the disk.
    static void sync() throws IOException, InterruptedException {
        new ProcessBuilder("sync").inheritIO().start().waitFor();
    }
}

package io.walrus.benchmarks.engine;

import io.walrus.benchmarks.server.WorkFolder;
import java.io.IOException;
import java.nio.file.Path;

/// The folders that logs are measured in, and the disk they lie on.
final class EngineFolders {
    /// The system property that names the folder they lie in.
    static final String WORK = "walrus.benchmarks.work";

    private EngineFolders() {}

    static WorkFolder create() throws IOException {
        return WorkFolder.in(Path.of(System.getProperty(WORK, "build/benchmarks")));
    }

    /// Has the system write all it holds for the disk.
    static void sync() throws IOException, InterruptedException {
        new ProcessBuilder("sync").inheritIO().start().waitFor();
    }
}

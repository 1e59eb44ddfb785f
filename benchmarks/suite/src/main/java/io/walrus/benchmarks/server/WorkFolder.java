package io.walrus.benchmarks.server;

import io.walrus.testkit.process.Ended;
import io.walrus.testkit.process.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// A folder on the disk to be measured. Closing it removes it, and so does the end of this process.
public final class WorkFolder implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Path path;
    private final Thread atExit = new Thread(this::remove, "remove-folder");

    private WorkFolder(Path path) {
        this.path = path;
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    public static WorkFolder in(Path work) throws IOException {
        return new WorkFolder(Files.createTempDirectory(Files.createDirectories(work), "data-"));
    }

    public Path path() {
        return path;
    }

    public void copyTo(WorkFolder other) throws IOException {
        Ended.of(new ProcessBuilder("cp", "-r", path + "/.", other.path.toString()))
                .exited(0);
    }

    /// At the end of this process the servers in it are being killed meanwhile, and may still write.
    private void remove() {
        Waiting.until("folder " + path + " is removed", LIMIT, () -> {
            Ended.of(new ProcessBuilder("rm", "-rf", path.toString()));
            return !Files.exists(path);
        });
    }

    @Override
    public void close() {
        remove();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException _) {
            // The hooks are running: it has done its work, or is about to find nothing to do.
        }
    }
}

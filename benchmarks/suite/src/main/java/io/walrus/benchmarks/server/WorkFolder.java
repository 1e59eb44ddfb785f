package io.walrus.benchmarks.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A folder on the disk to be measured. Closing it removes it, and so does the end of this process.
public final class WorkFolder implements AutoCloseable {
    private static final int ATTEMPTS = 40;
    private static final long PAUSE_MS = 50;

    private final Path path;
    private final Thread atExit = new Thread(this::removeAtExit, "remove-folder");

    private WorkFolder(Path path) throws IOException {
        this.path = path;
        try {
            Runtime.getRuntime().addShutdownHook(atExit);
        } catch (IllegalStateException e) {
            Files.delete(path);
            throw new IOException("the benchmark is being stopped", e);
        }
    }

    /// A new folder.
    ///
    /// @param work where it lies
    public static WorkFolder in(Path work) throws IOException {
        return new WorkFolder(Files.createTempDirectory(Files.createDirectories(work), "data-"));
    }

    public Path path() {
        return path;
    }

    /// Copies all that is in it.
    public void copyTo(WorkFolder other) throws IOException {
        for (Path source : all()) {
            Path target = other.path.resolve(path.relativize(source));
            if (Files.isDirectory(source)) {
                Files.createDirectories(target);
            } else {
                Files.copy(source, target);
            }
        }
    }

    private List<Path> all() throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            return files.sorted(Comparator.naturalOrder()).toList();
        }
    }

    private void remove() throws IOException {
        if (Files.exists(path)) {
            for (Path file : all().reversed()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /// The servers in it are being killed meanwhile, and may still write.
    private void removeAtExit() {
        for (int attempt = 0; attempt < ATTEMPTS && Files.exists(path); attempt++) {
            try {
                remove();
            } catch (IOException _) {
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        remove();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException _) {
            // The hooks are running: it has done its work, or is about to find nothing to do.
        }
    }
}

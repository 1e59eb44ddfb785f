package io.walrus.server.folder;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// Writes small files so that a crash leaves either all of a file or what was there before: into a temporary file,
/// which is forced and then renamed.
final class SmallFiles {
    private static final String TEMPORARY = ".tmp";

    private SmallFiles() {}

    /// The name of a file until it is complete.
    static String temporary(String name) {
        return name + TEMPORARY;
    }

    /// Writes a file, or replaces it as a whole.
    static void replace(Path directory, String name, String text) throws IOException {
        Path temporary = directory.resolve(temporary(name));
        Files.writeString(temporary, text);
        force(temporary);
        Files.move(temporary, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        force(directory);
    }

    /// Removes a file, complete or not.
    static void remove(Path directory, String name) throws IOException {
        Files.deleteIfExists(directory.resolve(temporary(name)));
        Files.deleteIfExists(directory.resolve(name));
        force(directory);
    }

    /// Makes a folder's own name durable, as far as this process may read the folder around it.
    static void forceName(Path folder) throws IOException {
        Path parent = folder.toRealPath().getParent();
        if (parent != null && Files.isReadable(parent)) {
            force(parent);
        }
    }

    /// Leaves nothing in a file, which takes no room unless it is new.
    static void empty(Path directory, String name) throws IOException {
        Files.deleteIfExists(directory.resolve(temporary(name)));
        Files.write(directory.resolve(name), new byte[0]);
        force(directory.resolve(name));
        force(directory);
    }

    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}

package io.walrus.server.folder;

import java.io.IOException;
import java.io.StringReader;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Properties;

/// Small files, written so that a crash leaves either all of a file or what was there before: into a temporary file,
/// which is forced and then renamed.
final class SmallFiles {
    private static final String TEMPORARY = ".tmp";

    private SmallFiles() {}

    /// The name of a file until it is complete.
    static String temporary(String name) {
        return name + TEMPORARY;
    }

    /// Reads a file of `name=value` lines.
    ///
    /// @throws IllegalArgumentException if it holds something else
    static Properties properties(Path file) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(Files.readString(file, StandardCharsets.UTF_8)));
        return properties;
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

package io.walrus.consensus.member;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Copies a folder that is being written, as a crash would leave it.
final class Copies {
    private Copies() {}

    /// A file that disappears under the copy makes it start over: a crash has no such moment.
    static void copy(Path from, Path to) throws IOException {
        for (int attempt = 0; ; attempt++) {
            Path target = to.resolveSibling(to.getFileName() + "-" + attempt);
            try {
                copyOnce(from, target);
                Files.move(target, to);
                return;
            } catch (NoSuchFileException e) {
                if (attempt == 20) {
                    throw e;
                }
            }
        }
    }

    private static void copyOnce(Path from, Path to) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(from)) {
            all = walk.toList();
        }
        for (Path path : all) {
            Path target = to.resolve(from.relativize(path).toString());
            if (Files.isDirectory(path)) {
                Files.createDirectories(target);
            } else {
                Files.copy(path, target);
            }
        }
    }
}

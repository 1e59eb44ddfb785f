package io.walrus.dist;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// The folder users run from: `bin/` with the launchers, `lib/` with all jars, and the ahead-of-time caches.
///
/// `lib/walrus.jar` holds nothing but the class path, so that its order is the same for every launcher and every run: a
/// cache is only valid for the class path it was made with. A file that has not changed is left untouched for the
/// same reason: a cache is only valid for jars of the same size and modification time.
record Distribution(Path folder) {
    private static final List<String> LAUNCHERS =
            List.of("cluster", "find-jdk", "launch.sh", "walrus-cli", "walrus-dump", "walrus-node");

    Path launcher(String name) {
        return folder.resolve("bin").resolve(name);
    }

    Path aotCache(String launcher) {
        return folder.resolve(launcher + ".aot");
    }

    private Path libraries() {
        return folder.resolve("lib");
    }

    private Path classPathJar() {
        return libraries().resolve("walrus.jar");
    }

    void layOut(List<Path> jars, Path scripts) throws IOException {
        Files.createDirectories(libraries());
        Files.createDirectories(folder.resolve("bin"));
        for (String name : LAUNCHERS) {
            write(launcher(name), Files.readAllBytes(scripts.resolve(name)));
            Files.setPosixFilePermissions(launcher(name), PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Set<Path> wanted = new HashSet<>();
        for (Path jar : jars) {
            Path copy = libraries().resolve(jar.getFileName());
            if (!wanted.add(copy)) {
                throw new IOException("two jars are named " + jar.getFileName());
            }
            if (OldClasses.areIn(jar)) {
                write(copy, OldClasses.renewed(jar));
            } else if (!Files.exists(copy) || Files.mismatch(jar, copy) >= 0) {
                Files.copy(jar, copy, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        // The launchers take this jar for the sign that the build is complete, so it comes last.
        write(classPathJar(), classPathJar(jars));
        wanted.add(classPathJar());
        try (Stream<Path> present = Files.list(libraries())) {
            for (Path stale : present.filter(file -> !wanted.contains(file)).toList()) {
                Files.delete(stale);
            }
        }
    }

    private static void write(Path file, byte[] content) throws IOException {
        if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), content)) {
            Files.write(file, content);
        }
    }

    private static byte[] classPathJar(List<Path> jars) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes()
                .put(
                        Attributes.Name.CLASS_PATH,
                        jars.stream().map(jar -> jar.getFileName().toString()).collect(Collectors.joining(" ")));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            ZipEntry entry = new ZipEntry("META-INF/MANIFEST.MF");
            entry.setTimeLocal(LocalDateTime.of(2026, 1, 1, 0, 0));
            zip.putNextEntry(entry);
            manifest.write(zip);
            zip.closeEntry();
        }
        return bytes.toByteArray();
    }

    /// All that an ahead-of-time cache depends on: the Java that runs, the jars, and the flags in the launchers.
    String fingerprint() throws IOException {
        StringBuilder text = new StringBuilder(System.getProperty("java.home"))
                .append(' ')
                .append(Runtime.version())
                .append('\n');
        for (Path inside : List.of(libraries(), folder.resolve("bin"))) {
            try (Stream<Path> files = Files.list(inside)) {
                for (Path file : files.sorted().toList()) {
                    text.append(file)
                            .append(' ')
                            .append(Files.size(file))
                            .append(' ')
                            .append(Files.getLastModifiedTime(file))
                            .append('\n');
                }
            }
        }
        return text.toString();
    }
}

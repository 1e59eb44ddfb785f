package io.walrus.systemtests.node;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/// A file system of its own, in memory or in a file. Only root may mount one: without it the test that asks for it
/// is skipped.
///
/// @param folder where it is mounted
public record Mount(Path folder) implements AutoCloseable {
    private static final int BLOCK_BYTES = 1 << 20;
    private static final int LEFT_BYTES = 4 << 20;

    public static Mount ofMegabytes(Path folder, int megabytes) throws IOException {
        return mounted(folder, "size=" + megabytes + "m");
    }

    /// A file system on a device, which can be frozen. Without the right to make one the test is skipped.
    public static Mount onDevice(Path folder, Path image, int megabytes) throws IOException {
        Mount mount = onDeviceIfAllowed(folder, image, megabytes);
        Assumptions.assumeTrue(mount != null, "needs mkfs.ext4 and the right to mount");
        return Objects.requireNonNull(mount);
    }

    /// The same, or null where there is no right to make one.
    public static @Nullable Mount onDeviceIfAllowed(Path folder, Path image, int megabytes) throws IOException {
        Files.createDirectories(folder);
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(megabytes * (long) BLOCK_BYTES);
        }
        boolean isMade = run("mkfs.ext4", "-q", image.toString()) == 0
                && run("mount", "-o", "loop", image.toString(), folder.toString()) == 0;
        return isMade ? new Mount(folder) : null;
    }

    /// Has whatever is written there neither fail nor return, until [#thaw].
    public void freeze() throws IOException {
        mustRun("fsfreeze", "--freeze", folder.toString());
    }

    /// Lets it go on.
    public void thaw() throws IOException {
        mustRun("fsfreeze", "--unfreeze", folder.toString());
    }

    private static void mustRun(String... command) throws IOException {
        if (run(command) != 0) {
            throw new IOException("this failed: " + String.join(" ", command));
        }
    }

    static Mount readOnly(Path folder) throws IOException {
        return mounted(folder, "size=1m,ro");
    }

    /// Takes all of its room but a little.
    public void fill() throws IOException {
        byte[] block = new byte[BLOCK_BYTES];
        try (OutputStream filler = Files.newOutputStream(filler())) {
            while (Files.getFileStore(folder).getUsableSpace() > LEFT_BYTES) {
                filler.write(block);
            }
        }
    }

    /// Gives the room back that [#fill] took.
    public void free() throws IOException {
        Files.delete(filler());
    }

    private Path filler() {
        return folder.resolve("filler");
    }

    private static Mount mounted(Path folder, String options) throws IOException {
        Files.createDirectories(folder);
        int exitCode = run("mount", "-t", "tmpfs", "-o", options, "walrus-test", folder.toString());
        Assumptions.assumeTrue(exitCode == 0, "needs the right to mount a tmpfs");
        return new Mount(folder);
    }

    @Override
    public void close() throws IOException {
        if (run("umount", "--lazy", folder.toString()) != 0) {
            throw new IOException(folder + " could not be unmounted");
        }
    }

    private static int run(String... command) throws IOException {
        try {
            return new ProcessBuilder(List.of(command))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}

package io.walrus.storage.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/// A directory of the real file system in which forced writes and reads of what is only read go through io_uring, on
/// Linux 5.6 or later, on x86-64 and aarch64. All else is as on a [FileDisk].
///
/// A write is one request, answered once it is durable; so is a read. Each waits for its answer in the system, which
/// holds on to a virtual thread's carrier. To be closed after all that uses it.
///
/// Java asks for `--enable-native-access=ALL-UNNAMED`, or else warns when such a disk is opened first.
public final class UringDisk extends FileDisk implements Closeable {
    // No more at first than the 64 KiB of locked memory that a process may have by default, which kernels before 5.12
    // count them against.
    private static final int READING_RINGS = 4;

    // One of its own, so that no write waits for reads.
    private final UringPool writing;
    private final UringPool reading;

    private UringDisk(Path root, UringPool writing, UringPool reading) {
        super(root);
        this.writing = writing;
        this.reading = reading;
    }

    /// Makes the rings.
    ///
    /// @throws IOException if this system has no io_uring, or does not allow it; the message says what is missing
    public static UringDisk open(Path root) throws IOException {
        checkPlatform(root);
        try {
            UringPool writing = new UringPool(1);
            boolean opened = false;
            try {
                UringDisk disk = new UringDisk(root, writing, new UringPool(READING_RINGS));
                opened = true;
                return disk;
            } finally {
                if (!opened) {
                    writing.close();
                }
            }
        } catch (LinkageError e) {
            throw new IOException("this Java allows no native access", e);
        }
    }

    private static void checkPlatform(Path root) throws IOException {
        if (!System.getProperty("os.name", "").equals("Linux") || direct() == 0) {
            throw new IOException("io_uring is for Linux on x86-64 and aarch64");
        }
        String encoding = System.getProperty("sun.jnu.encoding", "").toUpperCase(Locale.ROOT);
        boolean isAscii = StandardCharsets.US_ASCII.newEncoder().canEncode(root.toString());
        if (!isAscii && !encoding.equals("UTF-8")) {
            throw new IOException("names of files are not in UTF-8 here");
        }
    }

    /// The flag that opens a file for direct I/O, 0 for an unknown kind of processor.
    static int direct() {
        return switch (System.getProperty("os.arch", "")) {
            case "amd64" -> 0x4000;
            case "aarch64" -> 0x1_0000;
            default -> 0;
        };
    }

    @Override
    public DiskFile open(String path, WriteMode mode) throws IOException {
        return mode == WriteMode.FORCED
                ? UringFile.openForced(root().resolve(path).toString(), writing)
                : super.open(path, mode);
    }

    @Override
    public DiskFile openForReading(String path) throws IOException {
        return UringFile.openForReading(root().resolve(path).toString(), reading);
    }

    /// Frees the rings. What is under way ends first; files still open can no longer be used.
    @Override
    public void close() {
        writing.close();
        reading.close();
    }
}

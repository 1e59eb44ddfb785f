package io.walrus.storage.io;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/// The ways to a real disk. A test of one that this system does not have is skipped.
public enum Backend {
    CHANNELS,
    IO_URING;

    public FileDisk open(Path folder) {
        return switch (this) {
            case CHANNELS -> new FileDisk(folder);
            case IO_URING -> openUring(folder);
        };
    }

    private static FileDisk openUring(Path folder) {
        try {
            return UringDisk.open(folder);
        } catch (IOException e) {
            return Assumptions.abort(String.valueOf(e.getMessage()));
        }
    }

    public static void close(FileDisk disk) {
        if (disk instanceof UringDisk rings) {
            rings.close();
        }
    }
}

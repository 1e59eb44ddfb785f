package io.walrus.testkit.real;

import io.walrus.storage.EngineConfig;
import io.walrus.storage.EngineListener;
import io.walrus.storage.LogEngine;
import io.walrus.storage.io.Disk;
import io.walrus.storage.io.FileDisk;
import io.walrus.storage.io.SystemClock;
import io.walrus.storage.io.ThreadWorkers;
import io.walrus.storage.io.UringDisk;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/// An engine on a real disk.
///
/// @param rings what its disk holds, if anything
record RealEngine(LogEngine engine, Closeable rings) implements AutoCloseable {
    /// The way to the disk.
    enum Io {
        CHANNELS,
        IO_URING;

        /// Leaves the test out where the system does not have it.
        void assumeThere(Path folder) {
            if (this == IO_URING) {
                try {
                    UringDisk.open(folder).close();
                } catch (IOException e) {
                    Assumptions.abort(String.valueOf(e.getMessage()));
                }
            }
        }
    }

    static RealEngine open(Io io, Path folder, EngineConfig config, EngineListener listener) throws IOException {
        return switch (io) {
            case CHANNELS -> new RealEngine(engine(new FileDisk(folder), config, listener), () -> {});
            case IO_URING -> {
                UringDisk disk = UringDisk.open(folder);
                yield new RealEngine(engine(disk, config, listener), disk);
            }
        };
    }

    private static LogEngine engine(Disk disk, EngineConfig config, EngineListener listener) throws IOException {
        return LogEngine.open(disk, config, new SystemClock(), new ThreadWorkers("walrus-"), listener);
    }

    @Override
    public void close() throws IOException {
        try (Closeable _ = rings) {
            engine.close();
        }
    }
}

package io.walrus.testkit.real;

import io.walrus.storage.engine.EngineConfig;
import io.walrus.storage.engine.EngineListener;
import io.walrus.storage.engine.LogEngine;
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
            case CHANNELS -> new RealEngine(LogEngine.open(folder, config, listener), () -> {});
            case IO_URING -> {
                UringDisk disk = UringDisk.open(folder);
                yield new RealEngine(LogEngine.open(disk, config, listener), disk);
            }
        };
    }

    @Override
    public void close() throws IOException {
        try (Closeable _ = rings) {
            engine.close();
        }
    }
}

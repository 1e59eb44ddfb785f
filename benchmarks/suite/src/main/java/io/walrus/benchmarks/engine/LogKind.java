package io.walrus.benchmarks.engine;

import io.walrus.storage.engine.EngineConfig;
import io.walrus.storage.engine.FsyncPolicy;
import java.nio.file.Path;

/// What is compared.
public enum LogKind {
    WALRUS("Walrus"),
    ROCKSDB("RocksDB"),
    CHRONICLE("Chronicle Queue"),
    CHANNEL("bare file");

    private final String title;

    LogKind(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /// Whether it runs on this machine.
    boolean isAvailable() {
        return this != ROCKSDB || RocksLog.isAvailable();
    }

    /// Opens one in a folder that may be empty.
    ///
    /// @param forced whether an append returns only when the device has the entry; if not, when the system has it
    StoredLog open(Path folder, boolean forced) throws Exception {
        return switch (this) {
            case WALRUS ->
                new LibraryLog(
                        folder,
                        EngineConfig.builder()
                                .policy(forced ? FsyncPolicy.group() : FsyncPolicy.os())
                                .build());
            case ROCKSDB -> new RocksLog(folder, forced);
            case CHRONICLE -> new ChronicleLog(folder, forced);
            case CHANNEL -> new ChannelLog(folder, forced, ChannelLog.FILE_BYTES);
        };
    }
}
